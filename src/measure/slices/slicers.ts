import type { SliceTable } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { FieldSlices } from './field-slices.js';
import { lengthSlices, meanLength } from './length-slices.js';
import { modelSliceTable } from './model-slice-table.js';
import { rowSliceTable } from './row-slice-table.js';

/** Takes the compared rows one at a time and makes a table for each requested field: `length`, `model`, or a field of a ranking. */
export class Slicers {
  readonly #by: readonly string[];
  readonly #fields: ReadonlyMap<string, FieldSlices>;

  constructor(by: readonly string[]) {
    this.#by = by;
    const fields = by.filter((field) => field !== 'length' && field !== 'model');
    this.#fields = new Map(fields.map((field) => [field, new FieldSlices(field)]));
  }

  add(ranking: Ranking): void {
    for (const slices of this.#fields.values()) slices.add(ranking);
  }

  tables(sample: Sample): SliceTable[] {
    return this.#by.map((by) => {
      if (by === 'model') return modelSliceTable(sample);
      return rowSliceTable(sample, this.#fields.get(by) ?? lengthSlices(meanLengths(sample)));
    });
  }
}

/** The mean length of each row's labelled answers, in the order in which the rows were added. */
function meanLengths({ rows }: Sample): Float64Array {
  const means = new Float64Array(rows.count);
  for (const { added, lengths } of rows) means[added] = meanLength(lengths);
  return means;
}
