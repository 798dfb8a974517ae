import { canonicalOrder, type RowColumns } from './canonical-order.js';
import { GrowingFloats, GrowingInts, scratchFor } from './growing.js';
import type { LabelledAnswer } from './labelled-answers.js';
import { part } from './part.js';
import { placesOfAnswers } from './places-of-answers.js';
import { StringInterner } from './string-interner.js';

/** Stand for an unknown model and an unknown label score. */
const NO_MODEL = -1;
const NO_LABEL_SCORE = Number.NaN;

/** One row with at least two different labels. All arrays have one item for each labelled answer, from the best label to the worst. */
export interface ComparedRow {
  /** Index among the compared rows. */
  row: number;
  /** Index in the order in which the rows were added. */
  added: number;
  /** Number of its prompt, from 0. */
  cluster: number;
  /** Index of its first answer among the labelled answers of all rows. */
  start: number;
  scores: readonly number[];
  labels: readonly number[];
  /** Absent unless every labelled answer has one. */
  labelScores?: readonly number[];
  lengths: readonly number[];
  positions: readonly number[];
  /** The number of its answers, labelled or not. */
  answers: number;
}

/**
 * The rows with at least two different labels, as columns of numbers without texts: 40 bytes a labelled answer and 16 a row. They are held
 * in memory because some statistics need several passes: for example, a model's mean needs all its labels before it scores one row.
 * `sort` must be called before measuring, so that no result depends on the order in which rows were added.
 */
export class ComparedRows implements RowColumns {
  readonly models = new StringInterner();
  readonly #clusters = new StringInterner();
  readonly #cluster = new GrowingInts();
  readonly #added = new GrowingInts();
  readonly #start = new GrowingInts();
  readonly #answers = new GrowingInts();
  readonly #scores = new GrowingFloats();
  readonly #labels = new GrowingFloats();
  readonly #labelScores = new GrowingFloats();
  readonly #lengths = new GrowingFloats();
  readonly #positions = new GrowingInts();
  readonly #model = new GrowingInts();

  /** @param labelled from the best label to the worst @param answers number of answers, labelled or not */
  add(labelled: readonly LabelledAnswer[], promptId: string, answers: number): void {
    this.#added.push(this.count);
    this.#cluster.push(this.#clusters.numberOf(promptId));
    this.#start.push(this.#model.length);
    this.#answers.push(answers);
    for (const { score, label, labelScore, length, model, position } of labelled) {
      this.#scores.push(score);
      this.#labels.push(label);
      this.#labelScores.push(labelScore ?? NO_LABEL_SCORE);
      this.#lengths.push(length);
      this.#positions.push(position);
      this.#model.push(model === null ? NO_MODEL : this.models.numberOf(model));
    }
  }

  /** Sorts rows by content, prompts and models by name. Rows may be added later, and all be sorted again. */
  sort(): void {
    this.sortNames();
    this.reorder(canonicalOrder([this]));
  }

  /** Numbers prompts and models in the order of their names. */
  sortNames(): void {
    this.#cluster.renumber(this.#clusters.sort(this.clusterOf));
    this.#model.renumber(this.models.sort(this.modelOf));
  }

  /** @param places index of the row that comes first, then of the second, and so on; rows that are not listed are removed */
  reorder(places: Int32Array): void {
    const { starts, sizes } = this.#moved(places);
    const answers = placesOfAnswers(starts, sizes);
    const scratch = scratchFor(Math.max(this.count, this.#model.length));
    for (const floats of [this.#scores, this.#labels, this.#labelScores, this.#lengths])
      floats.reorder(answers, scratch);
    for (const ints of [this.#positions, this.#model]) ints.reorder(answers, scratch);
    for (const ints of [this.#cluster, this.#added, this.#answers, this.#start]) ints.reorder(places, scratch);
    this.#restart(sizes);
  }

  get count(): number {
    return this.#cluster.length;
  }

  get clusters(): number {
    return this.#clusters.count;
  }

  /** The number of each row's prompt. */
  get clusterOf(): Int32Array {
    return this.#cluster.values;
  }

  /** Scores of the labelled answers, row after row; the getters below follow the same order. */
  get scores(): Float64Array {
    return this.#scores.values;
  }

  get labels(): Float64Array {
    return this.#labels.values;
  }

  /** NaN where there is none. */
  get labelScores(): Float64Array {
    return this.#labelScores.values;
  }

  get lengths(): Float64Array {
    return this.#lengths.values;
  }

  get positions(): Int32Array {
    return this.#positions.values;
  }

  /** Number of the model in `models`; -1 if unknown. */
  get modelOf(): Int32Array {
    return this.#model.values;
  }

  /** The number of each row's answers, labelled or not. */
  get answers(): Int32Array {
    return this.#answers.values;
  }

  /** Index of each row's first labelled answer. */
  get starts(): Int32Array {
    return this.#start.values;
  }

  /** Index after each row's last labelled answer. */
  get ends(): Int32Array {
    const starts = this.starts;
    return starts.map((_, row) => starts[row + 1] ?? this.#model.length);
  }

  *[Symbol.iterator](): Generator<ComparedRow> {
    const { scores, labels, labelScores, lengths, positions, starts, ends, clusterOf, answers } = this;
    const added = this.#added.values;
    for (let row = 0; row < starts.length; row++) {
      const [start, end] = [starts[row], ends[row]];
      const ofScores = part(labelScores, start, end);
      yield {
        row,
        added: added[row],
        cluster: clusterOf[row],
        start,
        scores: part(scores, start, end),
        labels: part(labels, start, end),
        ...(!ofScores.some(Number.isNaN) && { labelScores: ofScores }),
        lengths: part(lengths, start, end),
        positions: part(positions, start, end),
        answers: answers[row],
      };
    }
  }

  /** Visits every pair of a row whose labels differ, by index among all labelled answers; `better` has the better label. */
  forEachComparison(visit: (better: number, worse: number, row: number) => void): void {
    const { labels, starts, ends } = this;
    for (let row = 0; row < starts.length; row++) {
      // Answers are ordered from the best label to the worst.
      for (let i = starts[row]; i < ends[row]; i++) {
        for (let j = i + 1; j < ends[row]; j++) if (labels[i] < labels[j]) visit(i, j, row);
      }
    }
  }

  /** Starts of these rows, and their numbers of labelled answers. */
  #moved(places: Int32Array): { starts: Int32Array; sizes: Int32Array } {
    const { starts, ends } = this;
    return { starts: places.map((row) => starts[row]), sizes: places.map((row) => ends[row] - starts[row]) };
  }

  /** @param sizes labelled answers of each row */
  #restart(sizes: Int32Array): void {
    const { starts } = this;
    let next = 0;
    sizes.forEach((size, row) => {
      starts[row] = next;
      next += size;
    });
  }
}
