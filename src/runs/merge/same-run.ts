import { StarlingError } from '../../contracts/errors.js';
import { type RunPlan, runDifferences } from '../differences.js';
import type { AskedFor } from '../run-record.js';
import type { RecordedFile } from './merge-file.js';

const PROCESSOR = 'processor';

/**
 * What the whole run was asked for, of which these are the shards. A shard that stopped at a bad row may have gone on past it with
 * `--on-error skip`, which changes nothing in the other shards.
 */
export function askedOfWhole(shards: readonly RecordedFile[]): AskedFor {
  const [first] = shards;
  const { asked } = (shards.find(({ record }) => !stopsAtBadRow(record.asked)) ?? first).record;
  const { shard: _, ...choice } = asked.choice;
  return { ...asked, choice };
}

/** @throws StarlingError E_SHARD if shards were not asked for the same rows, or were not scored alike */
export function refuseOtherRuns(shards: readonly RecordedFile[], mixesMachines: boolean): void {
  const asked = askedOfWhole(shards);
  const planOf = ({ record }: RecordedFile): RunPlan => {
    const { shard: _, ...choice } = record.asked.choice;
    const bad_rows = stopsAtBadRow(record.asked) ? asked.bad_rows : record.asked.bad_rows;
    return { ...record, asked: { ...record.asked, choice, bad_rows } };
  };
  refuseDifferences(shards, planOf, mixesMachines);
}

/** @throws StarlingError E_SHARD if files of rankings were not scored alike, or count the rows of different inputs */
export function refuseOtherScores(files: readonly RecordedFile[], mixesMachines: boolean): void {
  const planOf = ({ record }: RecordedFile): RunPlan => ({ ...record, asked: files[0].record.asked });
  refuseDifferences(files, planOf, mixesMachines);
}

function refuseDifferences(
  files: readonly RecordedFile[],
  planOf: (file: RecordedFile) => RunPlan,
  mixesMachines: boolean,
): void {
  for (const file of files.slice(1)) {
    const differences = runDifferences(planOf(files[0]), planOf(file));
    const found = differences.filter(({ name }) => !(mixesMachines && name === PROCESSOR));
    if (found.length === 0) continue;
    const what = found.map(({ name, before, now }) => `${name} (${before} -> ${now})`).join(', ');
    const remedy = found.every(({ name }) => name === PROCESSOR)
      ? 'allow scores of both with --mixed-machines'
      : 'merge files of one model, one input and the same flags';
    throw new StarlingError('E_SHARD', `this differs from ${files[0].name} in ${what}; ${remedy}`, { file: file.name });
  }
}

function stopsAtBadRow({ bad_rows }: AskedFor): boolean {
  return bad_rows.on_error === 'stop';
}
