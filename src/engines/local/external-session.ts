import { StarlingError } from '../../contracts/errors.js';
import { isFloat16, widenFloat16 } from '../../model/graph/float16.js';
import type { ExternalGraph } from '../../model/graph-contract.js';
import type { Device } from './device.js';
import { lengthBatches } from './length-batches.js';
import type { Plan } from './plan/plan-types.js';
import { openSession, type Session, Tensor, type Tensors } from './runtime.js';

const CLOSED = 'the model was closed';

/** Tokens of a batch. So many keep the cores busy; a larger batch gains nothing and wastes time on padding. */
const BUDGET = 512;

/** Texts of several lengths, with ids that every vocabulary has. */
const PROBE = [1, 4, 7, 20, 33].map((length) => Int32Array.from({ length }, (_, i) => 5 + ((length + i) % 40)));

type Make = (batch: readonly Int32Array[], length: number, external: ExternalGraph) => number[];

/** The supported inputs, [texts, tokens] each. Texts are padded on the right. */
const INPUTS: Readonly<Record<string, Make>> = {
  input_ids: (batch, length, { padId }) => cells(batch, length, (ids, i) => ids[i] ?? padId),
  attention_mask: (batch, length) => cells(batch, length, (ids, i) => (i < ids.length ? 1 : 0)),
  position_ids: (batch, length) => cells(batch, length, (_, i) => i),
  token_type_ids: (batch, length, { separatorId }) =>
    cells(batch, length, (ids, i) => {
      const first = separatorId === undefined ? -1 : ids.indexOf(separatorId);
      return first >= 0 && i > first && i < ids.length ? 1 : 0;
    }),
};

/**
 * Runs an external model: a sequence-classification graph that another tool made. Its inputs are `input_ids`, `attention_mask` and
 * optionally `position_ids` and `token_type_ids`. Its output is `logits` [texts, labels], one of which is the reward, unchanged. The texts
 * of a plan run in batches, or one by one where rewards depend on padding.
 */
export class ExternalSession {
  readonly #session: Session;
  readonly #external: ExternalGraph;
  /** The largest change of a reward between alone and in a batch. Above 0, each text is run alone. */
  #change = 0;
  /**
   * Whether the model computes in half precision. There the runtime's kernels round differently in rare cases, which a few texts do not
   * show.
   */
  #isHalf = false;

  /**
   * Loads the graph and compares rewards alone with rewards in a batch.
   * @throws StarlingError E_MODEL when the graph has other inputs or outputs, E_USAGE when it has several logits and none is chosen
   */
  static async open(graph: string, threads: number, device: Device, external: ExternalGraph): Promise<ExternalSession> {
    const session = new ExternalSession(await openSession(graph, threads, device), external);
    session.#checkInputs();
    await session.#probe();
    return session;
  }

  private constructor(session: Session, external: ExternalGraph) {
    this.#session = session;
    this.#external = external;
  }

  /** A note for users, if texts cannot be batched. */
  get note(): string | undefined {
    if (this.#isHalf)
      return 'this model computes in half precision, where a reward can depend on its batch: each text is run alone';
    if (this.#change === 0) return undefined;
    const amount = Number.isFinite(this.#change) ? ` (by ${this.#change.toPrecision(2)})` : '';
    return `rewards of this model depend on padding${amount}: each text is run alone`;
  }

  /** The rewards of the plan's suffixes, in order. Here a suffix is a whole text. */
  async score({ suffixes }: Plan, isClosing: () => boolean = () => false): Promise<Float32Array> {
    const rewards = new Float32Array(suffixes.length);
    const lengths = suffixes.map((ids) => ids.length);
    for (const batch of lengthBatches(lengths, this.#change > 0 || this.#isHalf ? 0 : BUDGET)) {
      if (isClosing()) throw new Error(CLOSED);
      const found = await this.#rewardsOf(batch.map((position) => suffixes[position]));
      batch.forEach((position, i) => {
        rewards[position] = found[i];
      });
    }
    return rewards;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  #checkInputs(): void {
    const { inputNames, outputNames } = this.#session;
    const unknown = inputNames.filter((name) => !Object.hasOwn(INPUTS, name));
    if (unknown.length > 0 || !inputNames.includes('input_ids') || !outputNames.includes('logits')) {
      const found = `has the inputs ${inputNames.join(', ')} and the outputs ${outputNames.join(', ')}`;
      const expected = `expected input_ids, other inputs only of ${Object.keys(INPUTS).join(', ')}, and the output logits`;
      throw new StarlingError('E_MODEL', `this graph ${found}; ${expected}`);
    }
  }

  /** Compares the rewards of texts alone and in one batch, which must have the same bits. It also checks the number of logits. */
  async #probe(): Promise<void> {
    const alone: number[] = [];
    for (const text of PROBE) alone.push(...(await this.#rewardsOf([text])));
    this.#isHalf = this.#external.isHalf === true || alone.every(isFloat16);
    const together = await this.#together();
    const changes = alone.map((reward, i) => Math.abs(reward - together[i]));
    this.#change = changes.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...changes);
  }

  /** The rewards of the texts in one batch; NaN where the graph has a fixed batch size, or no mask to mark padding. */
  async #together(): Promise<number[]> {
    const { inputMetadata, inputNames } = this.#session;
    const isFixed = inputMetadata.some((input) => input.isTensor && typeof input.shape[0] === 'number');
    if (isFixed || !inputNames.includes('attention_mask')) return PROBE.map(() => Number.NaN);
    return this.#rewardsOf(PROBE);
  }

  async #rewardsOf(batch: readonly Int32Array[]): Promise<number[]> {
    const { logits } = await this.#session.run(this.#feeds(batch), ['logits']);
    const values = numbersOf(logits);
    const width = values.length / batch.length;
    const logit = this.#logitOf(width);
    return batch.map((_, i) => values[i * width + logit]);
  }

  #logitOf(width: number): number {
    const { logit } = this.#external;
    if (logit === undefined && width === 1) return 0;
    if (logit !== undefined && logit < width) return logit;
    const problem = `this model has ${width === 1 ? 'one logit' : `${width} logits`}`;
    throw new StarlingError('E_USAGE', `${problem}; choose the reward with --logit, from 0 to ${width - 1}`);
  }

  #feeds(batch: readonly Int32Array[]): Tensors {
    const length = Math.max(...batch.map((ids) => ids.length));
    const feeds: Tensors = {};
    for (const input of this.#session.inputMetadata) {
      const values = INPUTS[input.name](batch, length, this.#external);
      const dims = [batch.length, length];
      const isInt32 = input.isTensor && input.type === 'int32';
      feeds[input.name] = isInt32 ? new Tensor('int32', values, dims) : new Tensor('int64', values.map(BigInt), dims);
    }
    return feeds;
  }
}

function cells(batch: readonly Int32Array[], length: number, value: (ids: Int32Array, i: number) => number): number[] {
  return batch.flatMap((ids) => Array.from({ length }, (_, i) => value(ids, i)));
}

/** The values of a tensor. For float16 the runtime returns bits where JavaScript has no Float16Array. */
function numbersOf({ type, data }: Tensor): number[] {
  if (type === 'float16' && data instanceof Uint16Array) return Array.from(widenFloat16(data));
  if (type === 'float32' || type === 'float16') return Array.from(data, Number);
  throw new StarlingError('E_MODEL', `the logits of this graph are ${type}; expected float32 or float16`);
}
