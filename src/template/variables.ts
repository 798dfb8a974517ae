import type { Turn } from '../contracts/row.js';

/** A model's own chat template, in Jinja, and what it is filled in with. */
export interface ChatTemplate {
  source: string;
  /** Where it stands, for errors. */
  file: string;
  /** `bos_token`, `eos_token` and the others of tokenizer_config.json, by these names. */
  tokens: Readonly<Record<string, string>>;
}

/** What a chat template is filled in with. */
export function variables({ tokens }: ChatTemplate, turns: readonly Turn[]): Record<string, unknown> {
  const messages = turns.map(({ role, text }) => ({ role, content: text }));
  return { ...tokens, messages, add_generation_prompt: false };
}
