import { type Force, type Output, openOutputLater } from '../../write/files/output.js';
import type { Destination } from '../../write/files/same-place.js';
import { requireLines } from '../../write/format.js';
import { writing } from '../common/writing.js';

/** Reports that can be written, each named by the flag that says where. */
const REPORTS = ['json', 'html', 'markdown', 'suspects'] as const;
type ReportName = (typeof REPORTS)[number];

export type ReportFlags = Partial<Record<ReportName, string>>;
export type ReportOutputs = Partial<Record<ReportName, Output>>;

export function reportDestinations(flags: ReportFlags): Destination[] {
  return REPORTS.map((name) => ({ flag: `--${name}`, target: flags[name] }));
}

/** Opens the outputs of the reports that are asked for, one within the other, so that each is finished, or told when `work` fails. */
export async function writingReports<Result>(
  flags: ReportFlags,
  force: Force,
  interrupted: AbortSignal,
  work: (outputs: ReportOutputs, interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return writingEach(REPORTS, flags, force, {}, interrupted, work);
}

async function writingEach<Result>(
  [name, ...rest]: readonly ReportName[],
  flags: ReportFlags,
  force: Force,
  opened: ReportOutputs,
  interrupted: AbortSignal,
  work: (outputs: ReportOutputs, interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (name === undefined) return work(opened, interrupted);
  const target = flags[name];
  if (target === undefined) return writingEach(rest, flags, force, opened, interrupted, work);
  if (name === 'suspects') requireLines(target);
  const output = await openOutputLater(target, force);
  return writing(output, interrupted, (_, stopped) =>
    writingEach(rest, flags, force, { ...opened, [name]: output }, stopped, work),
  );
}
