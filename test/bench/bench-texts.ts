import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RowError } from '../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';
import { openTexts, rowPlansOf } from '../../src/score/open-scorer.js';
import { MODEL } from '../root.js';
import { scoringOf } from '../scoring-of.js';
import type { Mix } from './mixes.js';
import type { Trunk } from './trunk.js';
import { sharedLength, usefulWork, type Work } from './work.js';

/** The rows of a mix, in each form that a contender reads. */
export interface BenchTexts {
  name: string;
  /** JSON lines for the command. */
  lines: string;
  rows: number;
  /** Token ids of each answer's whole text, by row. */
  ids: number[][][];
  work: Work;
  /** Number of tokens of each run without repeated work: for each row the common prefix of its texts, then each rest. */
  runs: number[];
}

/** Reads the rows, makes their texts and encodes them, as the command does. */
export async function benchTexts(mix: Mix, trunk: Trunk, folder: string): Promise<BenchTexts> {
  const lines = mix.rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const file = join(folder, `${mix.name.replaceAll(' ', '-')}.jsonl`);
  await writeFile(file, lines);
  const scoring = scoringOf(MODEL);
  await using plans = rowPlansOf(await openTexts(scoring), scoring);
  const ids: number[][][] = [];
  for await (const row of readRows(await openInputs([file]), LIMITS)) {
    if (row instanceof RowError) throw row;
    ids.push((await plans.plan(row)).encoded.answers.map((answer) => [...answer.ids]));
  }
  return { name: mix.name, lines, rows: ids.length, ids, work: usefulWork(ids, trunk), runs: ids.flatMap(runLengths) };
}

function runLengths(texts: readonly number[][]): number[] {
  const shared = sharedLength(texts);
  return [shared, ...texts.map(({ length }) => length - shared)].filter((length) => length > 0);
}
