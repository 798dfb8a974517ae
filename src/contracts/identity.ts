/** What runs a model, as far as a reward depends on it. */
export interface EngineIdentity {
  engine: string;
  /** Name of the model folder, without the folders above it. It is for people: two folders of one digest are one model. */
  model: string;
  /** SHA-256 in hex over the digests of the files that make a reward, and over what the model folder says of readout and padding. */
  model_sha256: string;
  dtype: string;
  readout: string;
  /** Which of an external model's logits is the reward; absent for a model of one reward. */
  logit?: number;
  device: string;
  /** Name and version of what computes. */
  runtime: string;
  /** Features of the processor that choose the runtime's kernels, sorted. */
  processor: readonly string[];
  /** Only of an engine that asks servers: their addresses, in the order of `--engine`. */
  servers?: readonly string[];
  /** The name by which the servers know the model. */
  served_model?: string;
  /**
   * Largest distance of the servers' rewards from those of the golden rows when the run began, as a share of their range; `unchecked` for a
   * folder without golden rows.
   */
  golden?: number | 'unchecked';
  /** What the engine does not promise of its rewards, in words; absent if they have the same bits every time. */
  caveat?: string;
}

/** How texts become ids, as far as a reward depends on it. */
export interface TextIdentity {
  template: string;
  /** SHA-256 in hex of the file of `--template-file`; absent without it. */
  template_sha256?: string;
  system: string | null;
  trim: boolean;
  add_bos: boolean;
  /** Tokens. */
  max_length: number;
  allow_special: boolean;
  /** Version of Unicode that the JavaScript engine has: tokenizers ask it what a letter is. */
  unicode: string;
}

/** The key under which the metadata of Parquet and Arrow hold a ScoreIdentity, as JSON. */
export const IDENTITY_KEY = 'starling_rm';

/** All that a score depends on beside prompt and answer. It goes into run records and into the metadata of Parquet and Arrow files. */
export interface ScoreIdentity extends EngineIdentity, TextIdentity {
  /** Name and version of this tool. */
  tool: string;
}
