import { RUN_MULTIPLE } from '../../model/graph-contract.js';
import type { Device } from './device.js';
import { carriedLength } from './plan/common-beginning.js';
import type { CardToken, Plan } from './plan/plan-types.js';
import { openSession, type Session, Tensor, type Tensors } from './runtime.js';

const CLOSED = 'the model was closed';

const PAST = 'past_key_values.';
const PRESENT = 'present.';

/** Tokens of a run at most: attention holds a logit for each of them and of all before, for every head. A multiple of RUN_MULTIPLE. */
const LONGEST_RUN = 384;

/** Any id will do to fill up a run: what comes after a token does not change its result. */
const FILLER = 0;

/** Added to a logit of attention, it leaves nothing of it. Not infinite, whose difference with itself is no number. */
const UNSEEN = -1e30;

/** What a graph that is told the positions of tokens takes beside the run. */
const POSITIONS = 'position_ids';
const BIAS = 'attention_bias';

/** What the trunk keeps of the tokens it has seen. */
interface Cache {
  ids: Int32Array;
  /** For each `past_key_values.*` input [1, kv heads, tokens, head size] float32. */
  tensors: Tensors;
}

/** Runs plans on one model in this thread. `score` blocks the thread while it computes. */
export class RewardSession {
  readonly #session: Session;
  readonly #empty: Cache;
  /** Of the last prefix: rows of one prompt often follow each other. */
  #kept: Cache;
  readonly #cacheOutputs: string[];
  readonly #placed: boolean;

  /**
   * @param threads that one run computes with; 1 = only this one
   * @param device that has to run all of the graph; it throws where it cannot
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
   * The rewards of the plan's suffixes, in their order.
   * @param isClosing asked before each run; true gives up, and the promise fails
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

  /** Whatever the last prefix has in common with this one is not computed again. */
  async #prefixCache(prefix: Int32Array, isClosing: () => boolean): Promise<Cache> {
    const known = carriedLength(this.#kept.ids, prefix);
    const begun = known === this.#kept.ids.length ? this.#kept : beginning(this.#kept, known);
    // Two whole caches need not be in memory while the rest is computed.
    this.#kept = this.#empty;
    this.#kept = await this.#extended(begun, prefix.subarray(known), isClosing);
    return this.#kept;
  }

  /** The cache after `ids` as well, which are a whole number of runs. */
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

  /** The reward of `suffix` after the cache: all runs but its last only make the cache longer. */
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

/** As few runs as `tokens` need, all of about one length: attention computes what the tokens of a run may not see of each other as well. */
function runLength(tokens: number): number {
  const runs = Math.ceil(tokens / LONGEST_RUN);
  return Math.ceil(tokens / runs / RUN_MULTIPLE) * RUN_MULTIPLE;
}

/** Tokens that are computed at once. */
interface TokenRun {
  ids: Int32Array;
  /** A token after these, if the reward is read at one. */
  card?: CardToken;
  /** Tokens from the first one of the text that are wanted in the cache: all, or none. */
  kept: number;
}

/** Where the tokens of a run of `length` stand after `past` others: one after the other, but for a token of `card`, which does not see itself either. */
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

/** No tokens yet: for each `past_key_values.*` input [1, kv heads, tokens, head size] of the graph a tensor of none. */
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
