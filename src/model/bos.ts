import { isObject } from '../json/json-object.js';
import { CHAT_TEMPLATE } from '../template/templates.js';

/** The sources that decide whether BOS comes before a text. The first that has a value wins. */
export interface BosSources {
  /** `--add-bos` or `--no-add-bos` of convert, else `add_bos` of the checkpoint's reward.json. */
  asked?: boolean;
  /** `addBos` of the known repository of this name. */
  known?: boolean;
  /** The tokenizer's own setting, and its chat template. */
  tokenizer: { addsBos: boolean; chatTemplate?: string };
  /** The name of the template, if it is known already. */
  template?: string;
}

/**
 * Whether the tokenizer's BOS comes before each text of a model. Only this function decides it; `reward.json` keeps the decision for
 * models that `convert` makes. A chat template that names BOS means one BOS, whether the template or the tokenizer sets it.
 */
export function addsBos({ asked, known, tokenizer, template }: BosSources): boolean {
  const isInTemplate = template === CHAT_TEMPLATE && /\bbos_token\b/.test(tokenizer.chatTemplate ?? '');
  return asked ?? known ?? (tokenizer.addsBos || isInTemplate);
}

/**
 * Whether a tokenizer sets BOS before every text. As in transformers, `add_bos_token` overrides the post-processor.
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
  // A loop instead of recursion, as sequences may be nested as deeply as JSON allows.
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
