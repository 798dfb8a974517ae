import { GrowingFloats, GrowingInts } from './growing.js';
import type { LabelledAnswer } from './labelled-answers.js';
import { Names } from './names.js';

/** In place of what is not known: of a model's number, and of a label score. */
const NO_MODEL = -1;
const NO_LABEL_SCORE = Number.NaN;

/** One row in which there is something to compare. All arrays have one item for each labelled answer. */
export interface ComparedRow {
  /** Among the compared rows, from 0. */
  row: number;
  /** Its prompt, numbered from 0 in order of appearance. */
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
 * elsewhere, which margins are wide) before it can be counted of one.
 */
export class ComparedRows {
  readonly models = new Names();
  readonly #clusters = new Names();
  readonly #cluster = new GrowingInts();
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
    const { scores, labels, labelScores, lengths, positions, starts, ends, clusterOf } = this;
    const answers = this.#answers.values;
    for (let row = 0; row < starts.length; row++) {
      const [start, end] = [starts[row], ends[row]];
      const ofScores = part(labelScores, start, end);
      yield {
        row,
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
}

/** An ordinary array of some items: what the statistics take, and many times faster than `Array.from` of so few. */
export function part(values: ArrayLike<number>, start: number, end: number): number[] {
  const items: number[] = [];
  for (let i = start; i < end; i++) items.push(values[i]);
  return items;
}
