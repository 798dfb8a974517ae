import { RUN_MULTIPLE } from '../../model/graph-contract.js';
import type { Device } from './device.js';
import { carriedLength } from './plan/common-prefix.js';
import type { CardToken, Plan } from './plan/plan-types.js';
import { openSession, type Session, Tensor, type Tensors } from './runtime.js';

const CLOSED = 'the model was closed';

const PAST = 'past_key_values.';
const PRESENT = 'present.';

/** Maximum tokens of a run, a multiple of RUN_MULTIPLE. It bounds the attention logits in memory: [heads, run, cache + run]. */
const LONGEST_RUN = 384;

/** Padding id of a run. Any id works, as attention is causal: later tokens do not change the result of a token. */
const FILLER = 0;

/** Attention bias that masks a token. It is finite, as a softmax over only -Infinity is NaN. */
const UNSEEN = -1e30;

/** Additional inputs of a graph that takes positions. */
const POSITIONS = 'position_ids';
const BIAS = 'attention_bias';

/** The keys and values of the tokens so far. */
interface Cache {
  ids: Int32Array;
  /** For each `past_key_values.*` input [1, kv heads, tokens, head size] float32. */
  tensors: Tensors;
}

/** Runs plans on one model in this thread. `score` blocks the thread while it computes. */
export class RewardSession {
  readonly #session: Session;
  readonly #empty: Cache;
  /** The cache of the last prefix. Successive rows often have the same prompt. */
  #kept: Cache;
  readonly #cacheOutputs: string[];
  readonly #placed: boolean;

  /**
   * Loads a graph that `convert` made.
   * @param threads computing threads of a run; 1 = only the calling thread
   * @param device device that must run the whole graph
   * @throws Error when the runtime cannot load the graph, or the device cannot run all of it
   */
  static async open(graph: string, threads: number, device: Device = 'cpu'): Promise<RewardSession> {
    return new RewardSession(await openSession(graph, threads, device));
  }

  private constructor(session: Session) {
    this.#session = session;
    this.#empty = { ids: new Int32Array(0), tensors: emptyTensors(session) };
    this.#kept = this.#empty;
    this.#cacheOutputs = session.outputNames.filter((name) => name.startsWith(PRESENT));
    this.#placed = session.inputNames.includes(POSITIONS);
  }

  /**
   * The rewards of the plan's suffixes, in order.
   * @param isClosing called before each run; the promise rejects once it returns true
   */
  async score({ prefix, suffixes, card }: Plan, isClosing: () => boolean = () => false): Promise<Float32Array> {
    const cache = await this.#prefixCache(prefix, isClosing);
    const rewards = new Float32Array(suffixes.length);
    for (const [i, suffix] of suffixes.entries()) {
      rewards[i] = await this.#reward(suffix, cache, card?.after[i] ? card : undefined, isClosing);
    }
    return rewards;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  /** The cache of `prefix`. The part that it shares with the last prefix is reused. */
  async #prefixCache(prefix: Int32Array, isClosing: () => boolean): Promise<Cache> {
    const known = carriedLength(this.#kept.ids, prefix);
    const begun = known === this.#kept.ids.length ? this.#kept : beginning(this.#kept, known);
    // Drops the old cache first, so that two whole caches are never in memory.
    this.#kept = this.#empty;
    this.#kept = await this.#extended(begun, prefix.subarray(known), isClosing);
    return this.#kept;
  }

  /** The cache extended by `ids`, whose number is a multiple of RUN_MULTIPLE. */
  async #extended(cache: Cache, ids: Int32Array, isClosing: () => boolean): Promise<Cache> {
    let longer = cache;
    const step = runLength(ids.length);
    for (let start = 0; start < ids.length; start += step) {
      if (isClosing()) throw new Error(CLOSED);
      const run = ids.subarray(start, start + step);
      const length = longer.ids.length + run.length;
      const outputs = await this.#session.run(this.#feeds({ ids: run, kept: length }, longer), this.#cacheOutputs);
      const tensors = Object.fromEntries(this.#cacheOutputs.map((name) => [pastName(name), outputs[name]]));
      longer = { ids: joined(longer.ids, run), tensors };
    }
    return longer;
  }

  /** The reward of `suffix` after the cache. All runs but the last only extend the cache. */
  async #reward(
    suffix: Int32Array,
    cache: Cache,
    card: CardToken | undefined,
    isClosing: () => boolean,
  ): Promise<number> {
    const step = runLength(suffix.length);
    const last = Math.floor((suffix.length - 1) / step) * step;
    const before = await this.#extended(cache, suffix.subarray(0, last), isClosing);
    if (isClosing()) throw new Error(CLOSED);
    const run = { ids: suffix.subarray(last), card, kept: 0 };
    const { reward } = await this.#session.run(this.#feeds(run, before), ['reward']);
    return Number(reward.data[0]);
  }

  #feeds(run: TokenRun, { ids: past, tensors }: Cache): Tensors {
    const { ids, card, kept } = run;
    const tokens = card ? [...ids, card.id] : ids;
    const length = Math.ceil(tokens.length / RUN_MULTIPLE) * RUN_MULTIPLE;
    const filled = BigInt64Array.from({ length }, (_, i) => BigInt(tokens[i] ?? FILLER));
    return {
      ...tensors,
      ...(this.#placed ? placement(run, past.length, length) : {}),
      input_ids: new Tensor('int64', filled, [1, length]),
      readout_position: new Tensor('int64', [BigInt(tokens.length - 1)], [1]),
      kept: new Tensor('int64', [BigInt(kept)], [1]),
    };
  }
}

/** Splits into the fewest equal runs. Attention computes the masked half of a run too, so shorter runs waste less. */
function runLength(tokens: number): number {
  const runs = Math.ceil(tokens / LONGEST_RUN);
  return Math.ceil(tokens / runs / RUN_MULTIPLE) * RUN_MULTIPLE;
}

/** Tokens that are computed in one call of the runtime. */
interface TokenRun {
  ids: Int32Array;
  /** The token after `ids` that the head reads, if there is one. */
  card?: CardToken;
  /** Tokens, counted from the start of the text, whose keys and values are returned: all or none. */
  kept: number;
}

/**
 * The position inputs of a run of `length` tokens after `past` cached tokens. Positions are consecutive, except for that of a `card` token.
 * The attention bias masks this token from itself.
 */
function placement({ ids, card }: TokenRun, past: number, length: number): Tensors {
  const total = past + length;
  const positions = BigInt64Array.from({ length }, (_, i) => BigInt(past + i));
  const bias = new Float32Array(length * total);
  if (card) {
    positions[ids.length] = BigInt(card.position);
    bias[ids.length * total + past + ids.length] = UNSEEN;
  }
  return {
    [POSITIONS]: new Tensor('int64', positions, [1, length]),
    [BIAS]: new Tensor('float32', bias, [1, 1, length, total]),
  };
}

/** An empty cache: for each `past_key_values.*` input [1, kv heads, tokens, head size] a tensor of 0 tokens. */
function emptyTensors({ inputMetadata }: Session): Tensors {
  const cache: Tensors = {};
  for (const input of inputMetadata) {
    if (!input.isTensor || !input.name.startsWith(PAST)) continue;
    const dims = input.shape.map((extent) => (typeof extent === 'number' ? extent : 0));
    cache[input.name] = new Tensor('float32', new Float32Array(0), dims);
  }
  return cache;
}

function pastName(present: string): string {
  return present.replace(PRESENT, PAST);
}

/** The cache of the first `length` tokens alone. */
function beginning({ ids, tensors }: Cache, length: number): Cache {
  const cut = Object.entries(tensors).map(([name, { data, dims }]) => {
    const [, heads, tokens, size] = dims;
    const part = new Float32Array(heads * length * size);
    for (let head = 0; head < heads; head++) {
      const start = head * tokens * size;
      part.set((data as Float32Array).subarray(start, start + length * size), head * length * size);
    }
    return [name, new Tensor('float32', part, [1, heads, length, size])];
  });
  return { ids: ids.slice(0, length), tensors: Object.fromEntries(cut) };
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
