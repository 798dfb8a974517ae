import { openOutputLater } from '../../write/files/output.js';
import type { Outputs, Writing } from '../common/outputs.js';
import { type EvaluateOutputs, REPORTS, type ReportName } from './settings.js';

export type ReportOutputs = Readonly<Partial<Record<ReportName, Writing<string>>>>;

/** Opens the outputs of the reports that are asked for. */
export async function openReports(reports: EvaluateOutputs['reports'], outputs: Outputs): Promise<ReportOutputs> {
  const opened: Partial<Record<ReportName, Writing<string>>> = {};
  for (const name of REPORTS) {
    const report = reports[name];
    if (report !== undefined) opened[name] = outputs.add<string>(await openOutputLater(report.target, report));
  }
  return opened;
}
