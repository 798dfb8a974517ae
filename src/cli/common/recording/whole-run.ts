import type { ScoredBy } from '../../../contracts/agreement.js';
import { StarlingError } from '../../../contracts/errors.js';
import type { ErrorCode } from '../../../contracts/exit-codes.js';
import type { Input } from '../../../read/inputs/inputs.js';
import { refuseOtherRun, runDifferences } from '../../../runs/differences.js';
import { comparableInputs } from '../../../runs/input-digests.js';
import { readRunRecord, recordOf } from '../../../runs/run-record.js';
import { isSealed } from '../../../runs/sealed.js';
import { partialOf } from '../../../write/files/new-file.js';
import { openOutput } from '../../../write/files/output.js';
import { targetOf } from '../../../write/files/target.js';
import type { Outcome } from '../each-row.js';
import { type RunSettings, type RunUse, runPlan } from './recorded-run.js';

/** A FILE that an earlier run with the same settings has completed. */
export interface WholeRun {
  path: string;
  outcome: Outcome;
  scoredBy: ScoredBy;
}

/**
 * Checks whether `--resume` has nothing left to do. Loads no model.
 * @returns `undefined` if there is something to do, or if FILE may be replaced
 * @throws StarlingError E_RESUME if FILE belongs to another run, or differs from its record
 */
export async function wholeRun(
  settings: RunSettings,
  { output, keep }: RunUse,
  inputs: readonly Input[],
): Promise<WholeRun | undefined> {
  const target = await targetOf(output.target);
  if (!output.record.resumes || target.kind !== 'file' || !target.exists) return undefined;
  const record = await readRunRecord(output.record.path ?? recordOf(target.path));
  const { end } = record ?? {};
  if (record === undefined || end === undefined) return undefined;
  const plan = await runPlan(settings, { output, keep }, inputs);
  const now = { ...plan, inputs: await comparableInputs(plan.inputs, record.inputs) };
  // No scores are computed, so a different processor does not matter.
  const anywhere = { ...now, identity: { ...now.identity, processor: record.identity.processor } };
  if (output.force && runDifferences(record, anywhere).length > 0) return undefined;
  refuseOtherRun(record, anywhere, { file: target.name });
  if (!(await isSealed(target.path, end))) {
    if (output.force) return undefined;
    const problem = 'this was changed since its run ended: it has another SHA-256 than its run record says';
    throw new StarlingError('E_RESUME', `${problem}; name another file, or replace it with --force`, {
      file: target.name,
    });
  }
  const { rejects } = settings.input;
  if (rejects && end.rejects && (await isSealed(partialOf(rejects.target), end.rejects))) {
    await (await openOutput(rejects.target, { ...rejects, partial: 'continue' })).finish();
  }
  const skipped = new Map(Object.entries(end.skipped) as [ErrorCode, number][]);
  return { path: target.path, outcome: { rows: end.rows, skipped }, scoredBy: { ...record.identity, date: end.time } };
}
