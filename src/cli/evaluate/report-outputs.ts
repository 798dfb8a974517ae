import { readRunRecord, recordOf } from '../../runs/run-record.js';
import { openOutputLater } from '../../write/files/output.js';
import { targetOf } from '../../write/files/target.js';
import type { Outputs, Writing } from '../common/outputs.js';
import { type EvaluateOutputs, REPORTS, type ReportName } from './settings.js';

export type ReportOutputs = Readonly<Partial<Record<ReportName, Writing<string>>>>;

/**
 * Opens the outputs of the requested reports. With `--resume`, reports of an earlier start of the same run are replaced.
 * @throws StarlingError E_EXISTS, E_RESUME, E_USAGE
 */
export async function openReports(output: EvaluateOutputs, outputs: Outputs): Promise<ReportOutputs> {
  const opened: Partial<Record<ReportName, Writing<string>>> = {};
  const earlier = await earlierReports(output);
  for (const name of REPORTS) {
    const report = output.reports[name];
    if (report === undefined) continue;
    const force = report.force || earlier.includes(report.target);
    opened[name] = outputs.add<string>(await openOutputLater(report.target, { force }));
  }
  return opened;
}

/** Names of the reports that the resumed run has written or would have written. */
async function earlierReports({ save }: EvaluateOutputs): Promise<readonly string[]> {
  if (!save?.record.resumes) return [];
  const target = await targetOf(save.target);
  if (target.kind !== 'file') return [];
  return (await readRunRecord(save.record.path ?? recordOf(target.path)))?.reports ?? [];
}
