import type { Readout } from './files.js';

/** What is known of a published reward model and not said in its files. */
export interface KnownRepository {
  template: string;
  readout: Readout;
  maxLength?: number;
  /** Where the tokenizer's own way is not that of the code that the weights were made with. */
  addBos?: boolean;
  /** Where config.json and the tokenizer are, if the repository is weights alone. */
  base?: string;
  /** Ids that the class on the card looks for and fills up with. */
  card?: { pad_id: number; fill_id: number };
}

const STARLING_7B: KnownRepository = {
  // The code on the card: trunk and tokenizer of Llama-2-7b-chat, its template, `tokenizer('<unk>').input_ids[0]`, which is BOS, as PAD_ID, and rows filled up to 2,048
  // tokens with <unk>. RewardBench's figures come from this class too.
  base: 'meta-llama/Llama-2-7b-chat-hf',
  template: 'llama-2-card',
  readout: 'card',
  maxLength: 2048,
  addBos: true,
  card: { pad_id: 1, fill_id: 0 },
};

const STARLING_34B: KnownRepository = {
  // The code on the card: PAD_ID = 0 and the token before the first of them, which is the last token of a text without <unk>.
  template: 'chatml',
  readout: 'last-token',
  maxLength: 2048,
  card: { pad_id: 0, fill_id: 0 },
};

/**
 * The code on the cards: the tokenizer's own chat template, then the tokenizer's own BOS once; the last token, as
 * *ForSequenceClassification of transformers does. Source: SkyworkAI/Skywork-Reward, README.md.
 */
const SKYWORK: KnownRepository = { template: 'chat-template', readout: 'last-token' };

/**
 * The code on the cards: `tokenizer(question, answer, return_tensors='pt')`, the only logit as it is. They are encoders, which read a pair
 * at its [CLS], and are scored as ONNX of other tools. Source: OpenAssistant/reward-model-deberta-v3-large-v2, README.md.
 */
const OPEN_ASSISTANT: KnownRepository = { template: 'pair', readout: 'last-token' };

/** Keys are what stands after the owner, in lower case; the owner is in the comment. */
const KNOWN: Readonly<Record<string, KnownRepository>> = {
  // berkeley-nest
  'starling-rm-7b-alpha': STARLING_7B,
  // Nexusflow
  'starling-rm-34b': STARLING_34B,
  // Skywork; those on Gemma 2 are of no family that can be converted.
  'skywork-reward-llama-3.1-8b': SKYWORK,
  'skywork-reward-llama-3.1-8b-v0.2': SKYWORK,
  'skywork-reward-v2-llama-3.1-8b': SKYWORK,
  'skywork-reward-v2-llama-3.1-8b-40m': SKYWORK,
  'skywork-reward-v2-llama-3.2-1b': SKYWORK,
  'skywork-reward-v2-llama-3.2-3b': SKYWORK,
  'skywork-reward-v2-qwen3-0.6b': SKYWORK,
  'skywork-reward-v2-qwen3-1.7b': SKYWORK,
  'skywork-reward-v2-qwen3-4b': SKYWORK,
  'skywork-reward-v2-qwen3-8b': SKYWORK,
  // OpenAssistant; those on Pythia are of no family that can be converted.
  'reward-model-deberta-v3-base': OPEN_ASSISTANT,
  'reward-model-deberta-v3-large': OPEN_ASSISTANT,
  'reward-model-deberta-v3-large-v2': OPEN_ASSISTANT,
  'reward-model-electra-large-discriminator': OPEN_ASSISTANT,
};

/**
 * What is known of a repository, or of a folder that is called like one.
 * @param name `owner/name`, a path, or only the name
 */
export function knownRepository(name: string): KnownRepository | undefined {
  const last = name.toLowerCase().split(/[/\\]/).filter(Boolean).at(-1) ?? '';
  return Object.hasOwn(KNOWN, last) ? KNOWN[last] : undefined;
}
