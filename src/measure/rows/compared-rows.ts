import { canonicalOrder, type RowColumns } from './canonical-order.js';
import { GrowingFloats, GrowingInts, scratchFor } from './growing.js';
import type { LabelledAnswer } from './labelled-answers.js';
import { Names } from './names.js';
import { part } from './part.js';
import { placesOfAnswers } from './places-of-answers.js';

/** In place of what is not known: of a model's number, and of a label score. */
const NO_MODEL = -1;
const NO_LABEL_SCORE = Number.NaN;

/** One row in which there is something to compare. All arrays have one item for each labelled answer. */
export interface ComparedRow {
  /** Among the compared rows, from 0. */
  row: number;
  /** The same in the order in which they were added. */
  added: number;
  /** Its prompt, numbered from 0. */
  cluster: number;
  /** Of its first answer among the labelled answers of all rows. */
  start: number;
  scores: readonly number[];
  labels: readonly number[];
  /** Absent unless every labelled answer has one. */
  labelScores?: readonly number[];
  lengths: readonly number[];
  positions: readonly number[];
  /** Answers of the row, labelled or not. */
  answers: number;
}

/**
 * What measuring needs of the rows with something to compare: their numbers, never a text. That is about 40 bytes an answer and 16
 * a row, so that it can be gone through several times: some of what is measured depends on all rows (what a model's labels are
 * elsewhere, which margins are wide) before it can be counted of one. Before anything is measured they are sorted, so that no figure
 * depends on the order in which they came.
 */
export class ComparedRows implements RowColumns {
  readonly models = new Names();
  readonly #clusters = new Names();
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

  /** @param answers of the row, labelled or not */
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

  /** Brings rows, prompts and models into the order of what they are. Rows may be added, and all be sorted again. */
  sort(): void {
    this.sortNames();
    this.reorder(canonicalOrder([this]));
  }

  /** Numbers prompts and models in the order of their names. */
  sortNames(): void {
    this.#cluster.renumber(this.#clusters.sort(this.clusterOf));
    this.#model.renumber(this.models.sort(this.modelOf));
  }

  /** @param places the row that comes first, then the second, and so on; rows that are not among them go */
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

  /** Of each row. */
  get clusterOf(): Int32Array {
    return this.#cluster.values;
  }

  /** Of each labelled answer, row after row. */
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

  /** Numbers of `models`, -1 where it is not known. */
  get modelOf(): Int32Array {
    return this.#model.values;
  }

  /** Of each row, labelled or not. */
  get answers(): Int32Array {
    return this.#answers.values;
  }

  /** Place of each row's first answer. */
  get starts(): Int32Array {
    return this.#start.values;
  }

  /** Place after each row's last answer. */
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

  /** Calls `visit` with the places, among all labelled answers, of every pair of a row whose labels differ, the better first. */
  forEachComparison(visit: (better: number, worse: number, row: number) => void): void {
    const { labels, starts, ends } = this;
    for (let row = 0; row < starts.length; row++) {
      // Answers stand from the best label to the worst.
      for (let i = starts[row]; i < ends[row]; i++) {
        for (let j = i + 1; j < ends[row]; j++) if (labels[i] < labels[j]) visit(i, j, row);
      }
    }
  }

  /** Where these rows begin, and how many answers of theirs are labelled. */
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
