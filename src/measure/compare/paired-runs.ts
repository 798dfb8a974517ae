import type { Ranking } from '../../contracts/ranking.js';
import { canonicalOrder } from '../rows/canonical-order.js';
import { type ComparedRow, ComparedRows } from '../rows/compared-rows.js';
import { GrowingFloats, GrowingInts } from '../rows/growing.js';
import type { LabelledAnswer } from '../rows/labelled-answers.js';
import { Names } from '../rows/names.js';
import { meanLength } from '../slices/length-slices.js';
import type { Flips } from './flips.js';

/** What measuring needs of the rows that two runs have in common. Numbers only. */
export class PairedRuns {
  /** The rows with something to compare, the same in the same order, with the rewards of each run. */
  readonly a = new ComparedRows();
  readonly b = new ComparedRows();
  readonly #prompts = new Names();
  readonly #clusters = new GrowingInts();
  readonly #meanLengths = new GrowingFloats();
  readonly #flipped = new GrowingFloats();
  readonly #pairs = new GrowingFloats();
  readonly #changedBest = new GrowingFloats();
  readonly #pairedRows = new GrowingInts();

  /** The next paired row. */
  add({ prompt_id, lengths }: Ranking, { flipped, pairs, changedBest }: Flips): void {
    this.#clusters.push(this.#prompts.numberOf(prompt_id));
    this.#meanLengths.push(meanLength(lengths));
    this.#flipped.push(flipped);
    this.#pairs.push(pairs);
    this.#changedBest.push(changedBest);
  }

  /** The labels of the row just added, with the rewards of each run. */
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

  /** Of each paired row. */
  get clusterOf(): Int32Array {
    return this.#clusters.values;
  }

  get meanLengths(): Float64Array {
    return this.#meanLengths.values;
  }

  get flipped(): Float64Array {
    return this.#flipped.values;
  }

  /** Of answers. */
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

  /** Brings prompts, and the rows with something to compare, into the order of what they are. */
  sort(): void {
    this.#clusters.renumber(this.#prompts.sort(this.clusterOf));
    for (const run of [this.a, this.b]) run.sortNames();
    const places = canonicalOrder([this.a, this.b]);
    for (const run of [this.a, this.b]) run.reorder(places);
    this.#pairedRows.reorder(places);
  }

  /** Each row with something to compare as the runs see it, and which of the paired rows it is. */
  *compared(): Generator<{ row: number; a: ComparedRow; b: ComparedRow }> {
    const pairedRows = this.#pairedRows.values;
    const ofB = this.b[Symbol.iterator]();
    for (const a of this.a) {
      const { value: b, done } = ofB.next();
      if (!done) yield { row: pairedRows[a.row], a, b };
    }
  }
}
