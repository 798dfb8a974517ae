import { type CardToken, type Device, type Plan, RUN_MULTIPLE } from '../types.js';
import { openSession, type Session, Tensor, type Tensors } from './runtime.js';

const CLOSED = 'the model was closed';

const PAST = 'past_key_values.';
const PRESENT = 'present.';

/** Any id will do to fill up a run: what comes after a token does not change its result. */
const FILLER = 0;

/** Added to a logit of attention, it leaves nothing of it. Not infinite, whose difference with itself is no number. */
const UNSEEN = -1e30;

/** What a graph that is told the positions of tokens takes beside the run. */
const POSITIONS = 'position_ids';
const BIAS = 'attention_bias';

/** Runs plans on one model in this thread. `score` blocks the thread while it computes. */
export class RewardSession {
  readonly #session: Session;
  readonly #empty: Tensors;
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
    this.#empty = emptyCache(session);
    this.#cacheOutputs = session.outputNames.filter((name) => name.startsWith(PRESENT));
    this.#placed = session.inputNames.includes(POSITIONS);
  }

  /**
   * The rewards of the plan's suffixes, in their order.
   * @param isClosing asked before each run; true gives up, and the promise fails
   */
  async score({ prefix, suffixes, card }: Plan, isClosing: () => boolean = () => false): Promise<Float32Array> {
    if (isClosing()) throw new Error(CLOSED);
    const cache = prefix.length === 0 ? this.#empty : await this.#cacheOf(prefix);
    const rewards = new Float32Array(suffixes.length);
    for (const [i, suffix] of suffixes.entries()) {
      if (isClosing()) throw new Error(CLOSED);
      const after = card?.after[i] ? card : undefined;
      rewards[i] = await this.#rewardOf({ ids: suffix, past: prefix.length, card: after }, cache);
    }
    return rewards;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #cacheOf(prefix: Int32Array): Promise<Tensors> {
    const outputs = await this.#session.run(this.#feeds({ ids: prefix, past: 0 }, this.#empty), this.#cacheOutputs);
    return Object.fromEntries(this.#cacheOutputs.map((name) => [pastName(name), outputs[name]]));
  }

  async #rewardOf(run: Run, cache: Tensors): Promise<number> {
    const { reward } = await this.#session.run(this.#feeds(run, cache), ['reward']);
    return Number(reward.data[0]);
  }

  #feeds(run: Run, cache: Tensors): Tensors {
    const { ids, card } = run;
    const tokens = card ? [...ids, card.id] : ids;
    const length = Math.ceil(tokens.length / RUN_MULTIPLE) * RUN_MULTIPLE;
    const filled = BigInt64Array.from({ length }, (_, i) => BigInt(tokens[i] ?? FILLER));
    return {
      ...cache,
      ...(this.#placed ? placement(run, length) : {}),
      input_ids: new Tensor('int64', filled, [1, length]),
      readout_position: new Tensor('int64', [BigInt(tokens.length - 1)], [1]),
    };
  }
}

/** Tokens that are computed at once. */
interface Run {
  ids: Int32Array;
  /** Tokens in the cache. */
  past: number;
  /** A token after these, if the reward is read at one. */
  card?: CardToken;
}

/** Where the tokens of a run of `length` stand: one after the other, but for a token of `card`, which does not see itself either. */
function placement({ ids, past, card }: Run, length: number): Tensors {
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
function emptyCache({ inputMetadata }: Session): Tensors {
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
