import './no-telemetry.js';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { type Plan, RUN_MULTIPLE } from '../types.js';

/** Of the native runtime. */
export const RUNTIME_VERSION = env.versions.node ?? 'unknown';

type Tensors = Record<string, Tensor>;

const CLOSED = 'the model was closed';

const PAST = 'past_key_values.';
const PRESENT = 'present.';

/** Any id will do to fill up a run: what comes after a token does not change its result. */
const FILLER = 0;

/** Runs plans on one model in this thread. `score` blocks the thread while it computes. */
export class RewardSession {
  readonly #session: InferenceSession;
  readonly #empty: Tensors;
  readonly #cacheOutputs: string[];

  /** @param threads that one run computes with; 1 = only this one */
  static async open(graph: string, threads: number): Promise<RewardSession> {
    const session = await InferenceSession.create(graph, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Patterns would be kept for every length that was ever seen, without bound.
      enableMemPattern: false,
      // Errors are thrown, and told by whoever catches them.
      logSeverityLevel: 4,
    });
    return new RewardSession(session);
  }

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.#empty = emptyCache(session);
    this.#cacheOutputs = session.outputNames.filter((name) => name.startsWith(PRESENT));
  }

  /**
   * The rewards of the plan's suffixes, in their order.
   * @param isClosing asked before each run; true gives up, and the promise fails
   */
  async score({ prefix, suffixes }: Plan, isClosing: () => boolean = () => false): Promise<Float32Array> {
    if (isClosing()) throw new Error(CLOSED);
    const cache = prefix.length === 0 ? this.#empty : await this.#cacheOf(prefix);
    const rewards = new Float32Array(suffixes.length);
    for (const [i, suffix] of suffixes.entries()) {
      if (isClosing()) throw new Error(CLOSED);
      rewards[i] = await this.#rewardOf(suffix, cache);
    }
    return rewards;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #cacheOf(prefix: Int32Array): Promise<Tensors> {
    const outputs = await this.#session.run(feeds(prefix, this.#empty), this.#cacheOutputs);
    return Object.fromEntries(this.#cacheOutputs.map((name) => [pastName(name), outputs[name]]));
  }

  async #rewardOf(suffix: Int32Array, cache: Tensors): Promise<number> {
    const { reward } = await this.#session.run(feeds(suffix, cache), ['reward']);
    return Number(reward.data[0]);
  }
}

function feeds(ids: Int32Array, cache: Tensors): Tensors {
  const length = Math.ceil(ids.length / RUN_MULTIPLE) * RUN_MULTIPLE;
  const run = BigInt64Array.from({ length }, (_, i) => BigInt(ids[i] ?? FILLER));
  return {
    ...cache,
    input_ids: new Tensor('int64', run, [1, length]),
    readout_position: new Tensor('int64', [BigInt(ids.length - 1)], [1]),
  };
}

/** No tokens yet: for each `past_key_values.*` input [1, kv heads, tokens, head size] of the graph a tensor of none. */
function emptyCache({ inputMetadata }: InferenceSession): Tensors {
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
