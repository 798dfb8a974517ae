import { type Output, openOutputLater } from '../../write/files/output.js';
import { writing } from '../common/writing.js';
import { type EvaluateOutputs, REPORTS, type ReportName } from './settings.js';

export type ReportOutputs = Partial<Record<ReportName, Output>>;

/** Opens the outputs of the reports that are asked for, one within the other, so that each is finished, or told when `work` fails. */
export async function writingReports<Result>(
  reports: EvaluateOutputs['reports'],
  interrupted: AbortSignal,
  work: (outputs: ReportOutputs, interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return writingEach(REPORTS, reports, {}, interrupted, work);
}

async function writingEach<Result>(
  [name, ...rest]: readonly ReportName[],
  reports: EvaluateOutputs['reports'],
  opened: ReportOutputs,
  interrupted: AbortSignal,
  work: (outputs: ReportOutputs, interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (name === undefined) return work(opened, interrupted);
  const report = reports[name];
  if (report === undefined) return writingEach(rest, reports, opened, interrupted, work);
  const output = await openOutputLater(report.target, report);
  return writing(output, interrupted, (_, stopped) =>
    writingEach(rest, reports, { ...opened, [name]: output }, stopped, work),
  );
}
