import type { Ranking } from '../../contracts/ranking.js';
import { canonicalOrder } from '../rows/canonical-order.js';
import { type ComparedRow, ComparedRows } from '../rows/compared-rows.js';
import { GrowingFloats, GrowingInts } from '../rows/growing.js';
import type { LabelledAnswer } from '../rows/labelled-answers.js';
import { StringInterner } from '../rows/string-interner.js';
import { meanLength } from '../slices/length-slices.js';
import type { Flips } from './flips.js';

/** The rows that two runs have in common, as numbers without texts. */
export class PairedRuns {
  /** The rows with at least two different labels. Both have the same rows in the same order, with the rewards of one run each. */
  readonly a = new ComparedRows();
  readonly b = new ComparedRows();
  readonly #prompts = new StringInterner();
  readonly #clusters = new GrowingInts();
  readonly #meanLengths = new GrowingFloats();
  readonly #flipped = new GrowingFloats();
  readonly #pairs = new GrowingFloats();
  readonly #changedBest = new GrowingFloats();
  readonly #pairedRows = new GrowingInts();

  /** Adds the next paired row. */
  add({ prompt_id, lengths }: Ranking, { flipped, pairs, changedBest }: Flips): void {
    this.#clusters.push(this.#prompts.numberOf(prompt_id));
    this.#meanLengths.push(meanLength(lengths));
    this.#flipped.push(flipped);
    this.#pairs.push(pairs);
    this.#changedBest.push(changedBest);
  }

  /** Adds the labelled answers of the row that was just added, with the rewards of each run. */
  addLabelled(a: readonly LabelledAnswer[], b: readonly LabelledAnswer[], { prompt_id, lengths }: Ranking): void {
    this.a.add(a, prompt_id, lengths.length);
    this.b.add(b, prompt_id, lengths.length);
    this.#pairedRows.push(this.rows - 1);
  }

  get rows(): number {
    return this.#clusters.length;
  }

  get clusters(): number {
    return this.#prompts.count;
  }

  /** The number of each paired row's prompt. */
  get clusterOf(): Int32Array {
    return this.#clusters.values;
  }

  get meanLengths(): Float64Array {
    return this.#meanLengths.values;
  }

  get flipped(): Float64Array {
    return this.#flipped.values;
  }

  /** The number of pairs of answers in each row. */
  get pairs(): Float64Array {
    return this.#pairs.values;
  }

  get changedBest(): Float64Array {
    return this.#changedBest.values;
  }

  /** @param places of the rows that stay, in their order */
  keep(places: Int32Array): void {
    const numbers = new Map(Array.from(places, (row, place) => [row, place]));
    const paired = this.#pairedRows.values;
    const compared = Int32Array.from(paired.keys()).filter((row) => numbers.has(paired[row]));
    this.#pairedRows.reorder(compared);
    this.#pairedRows.renumber(Int32Array.from({ length: this.rows }, (_, row) => numbers.get(row) ?? -1));
    for (const run of [this.a, this.b]) run.reorder(compared);
    this.#clusters.reorder(places);
    for (const floats of [this.#meanLengths, this.#flipped, this.#pairs, this.#changedBest]) floats.reorder(places);
  }

  /** Sorts prompts by name, and the rows with at least two different labels by content. */
  sort(): void {
    this.#clusters.renumber(this.#prompts.sort(this.clusterOf));
    for (const run of [this.a, this.b]) run.sortNames();
    const places = canonicalOrder([this.a, this.b]);
    for (const run of [this.a, this.b]) run.reorder(places);
    this.#pairedRows.reorder(places);
  }

  /** Each row with at least two different labels, in both runs; `row` is its index among the paired rows. */
  *compared(): Generator<{ row: number; a: ComparedRow; b: ComparedRow }> {
    const pairedRows = this.#pairedRows.values;
    const ofB = this.b[Symbol.iterator]();
    for (const a of this.a) {
      const { value: b, done } = ofB.next();
      if (!done) yield { row: pairedRows[a.row], a, b };
    }
  }
}
