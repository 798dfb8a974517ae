import type { Turn } from '../contracts/row.js';

/** A chat template in Jinja, and the special tokens that it may use. */
export interface ChatTemplate {
  source: string;
  /** The file that holds it, for errors. */
  file: string;
  /** Spellings of `bos_token`, `eos_token` and the other tokens of tokenizer_config.json, by these names. */
  tokens: Readonly<Record<string, string>>;
}

/** The variables of a chat template for these turns. */
export function variables({ tokens }: ChatTemplate, turns: readonly Turn[]): Record<string, unknown> {
  const messages = turns.map(({ role, text }) => ({ role, content: text }));
  return { ...tokens, messages, add_generation_prompt: false };
}
