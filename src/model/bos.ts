import { isObject } from '../json/json-object.js';
import { CHAT_TEMPLATE } from '../template/templates.js';

/** What says whether BOS stands before a text; the first of these that says anything is followed. */
export interface BosSources {
  /** `--add-bos` or `--no-add-bos` of convert, else `add_bos` of the checkpoint's reward.json. */
  asked?: boolean;
  /** What is known of a published model of this name. */
  known?: boolean;
  /** The tokenizer's own way, and its chat template. */
  tokenizer: { addsBos: boolean; chatTemplate?: string };
  /** The name of the template, if it is settled. */
  template?: string;
}

/**
 * Whether the tokenizer's BOS stands before each text of a model: decided here and nowhere else. `reward.json` keeps the decision for
 * models that `convert` makes. A chat template sets BOS itself, or leaves it to the tokenizer: either way there is one.
 */
export function addsBos({ asked, known, tokenizer, template }: BosSources): boolean {
  const isInTemplate = template === CHAT_TEMPLATE && /\bbos_token\b/.test(tokenizer.chatTemplate ?? '');
  return asked ?? known ?? (tokenizer.addsBos || isInTemplate);
}

/**
 * Whether a tokenizer sets BOS before every text, as transformers reads its files: `add_bos_token` is stronger than the post-processor.
 * @param processor `post_processor` of tokenizer.json
 * @param asked `add_bos_token` of tokenizer_config.json
 * @param bos the spelling of BOS
 */
export function tokenizerAddsBos(processor: unknown, asked: unknown, bos: string | undefined): boolean {
  return typeof asked === 'boolean' ? asked : beginsWith(processor, bos);
}

/** Whether the post-processor, or one of a sequence, sets `bos` before a single text. */
function beginsWith(processor: unknown, bos: string | undefined): boolean {
  if (bos === undefined) return false;
  const processors = [processor];
  // Sequences may be nested as deep as JSON is, so they are not gone into by recursion.
  for (const one of processors) {
    const inner = isObject(one) ? one.processors : undefined;
    if (Array.isArray(inner)) for (const step of inner) processors.push(step);
    else if (setsFirst(one, bos)) return true;
  }
  return false;
}

function setsFirst(processor: unknown, bos: string): boolean {
  // BertProcessing, RobertaProcessing.
  if (!isObject(processor)) return false;
  const { cls, single } = processor;
  if (Array.isArray(cls)) return cls[0] === bos;
  return Array.isArray(single) && specialId(single[0]) === bos;
}

/** `{ "SpecialToken": { "id": "<s>" } }` */
function specialId(step: unknown): unknown {
  const token = isObject(step) ? step.SpecialToken : undefined;
  return isObject(token) ? token.id : undefined;
}
