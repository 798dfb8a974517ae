import type { Readout } from './files.js';

/** Settings of a published reward model that its files lack. */
export interface KnownRepository {
  template: string;
  readout: Readout;
  maxLength?: number;
  /** Set if the tokenizer's own setting differs from the code that the weights were trained with. */
  addBos?: boolean;
  /** The repository with config.json and the tokenizer, if this one has only weights. */
  base?: string;
  /** Ids that the code on the card searches for and pads with. */
  card?: { pad_id: number; fill_id: number };
}

const STARLING_7B: KnownRepository = {
  // The code on the card takes trunk, tokenizer and template of Llama-2-7b-chat. Its PAD_ID is `tokenizer('<unk>').input_ids[0]`, which is
  // BOS. It pads rows to 2,048 tokens with <unk>. RewardBench's figures come from this code too.
  base: 'meta-llama/Llama-2-7b-chat-hf',
  template: 'llama-2-card',
  readout: 'card',
  maxLength: 2048,
  addBos: true,
  card: { pad_id: 1, fill_id: 0 },
};

const STARLING_34B: KnownRepository = {
  // The code on the card has PAD_ID = 0 and reads the token before the first PAD_ID: the last token of any text without <unk>.
  template: 'chatml',
  readout: 'last-token',
  maxLength: 2048,
  card: { pad_id: 0, fill_id: 0 },
};

/**
 * The code on the cards uses the tokenizer's own chat template with its BOS once, and reads the last token, as transformers'
 * *ForSequenceClassification does. Source: SkyworkAI/Skywork-Reward, README.md.
 */
const SKYWORK: KnownRepository = { template: 'chat-template', readout: 'last-token' };

/**
 * The code on the cards calls `tokenizer(question, answer, return_tensors='pt')` and takes the only logit unchanged. The models are
 * encoders, which read a pair at its [CLS], and are scored as external models. Source: OpenAssistant/reward-model-deberta-v3-large-v2,
 * README.md.
 */
const OPEN_ASSISTANT: KnownRepository = { template: 'pair', readout: 'last-token' };

/** By the repository's name without its owner, in lower case. Comments give the owner. */
const KNOWN: Readonly<Record<string, KnownRepository>> = {
  // berkeley-nest
  'starling-rm-7b-alpha': STARLING_7B,
  // Nexusflow
  'starling-rm-34b': STARLING_34B,
  // Skywork. Its models on Gemma 2 are missing, as that family cannot be converted.
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
  // OpenAssistant. Its models on Pythia are missing, as that family cannot be converted.
  'reward-model-deberta-v3-base': OPEN_ASSISTANT,
  'reward-model-deberta-v3-large': OPEN_ASSISTANT,
  'reward-model-deberta-v3-large-v2': OPEN_ASSISTANT,
  'reward-model-electra-large-discriminator': OPEN_ASSISTANT,
};

/**
 * The settings of a known repository, or of a folder with the name of one.
 * @param name `owner/name`, a path, or only the name
 */
export function knownRepository(name: string): KnownRepository | undefined {
  const last = name.toLowerCase().split(/[/\\]/).filter(Boolean).at(-1) ?? '';
  return Object.hasOwn(KNOWN, last) ? KNOWN[last] : undefined;
}
