import type { ComparedRows } from '../rows/compared-rows.js';

/** The models that are rated, in the order of their names. */
export interface RatedModels {
  names: readonly string[];
  /** For each model, its answers in rows that also have an answer of another model. */
  answers: readonly number[];
  /** Index in `names` of each model of the rows; -1 if it is left out. */
  numberOf: Int32Array;
  leftOut: number;
}

/** The models that share a row with another model. Of more than `most`, those with the most answers are kept. */
export function ratedModels(rows: ComparedRows, most: number): RatedModels {
  const names = rows.models.all;
  const answers = answersBesideOthers(rows);
  const met = [...names.keys()].filter((model) => answers[model] > 0);
  const byName = (a: number, b: number) => (names[a] < names[b] ? -1 : 1);
  const kept = met
    .sort((a, b) => answers[b] - answers[a] || byName(a, b))
    .slice(0, most)
    .sort(byName);
  const numberOf = new Int32Array(names.length).fill(-1);
  kept.forEach((model, number) => {
    numberOf[model] = number;
  });
  return {
    names: kept.map((model) => names[model]),
    answers: kept.map((model) => answers[model]),
    numberOf,
    leftOut: met.length - kept.length,
  };
}

function answersBesideOthers({ models, modelOf, starts, ends }: ComparedRows): number[] {
  const answers = new Array<number>(models.count).fill(0);
  for (let row = 0; row < starts.length; row++) {
    const known = modelOf.subarray(starts[row], ends[row]).filter((model) => model >= 0);
    if (known.every((model) => model === known[0])) continue;
    for (const model of known) answers[model] += 1;
  }
  return answers;
}
