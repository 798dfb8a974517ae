import { StarlingError } from '../../contracts/errors.js';
import type { EvaluatorOptions } from '../../measure/evaluator-options.js';
import type { ScoringSettings } from '../../score/open-scorer.js';
import type { Destination } from '../../write/files/same-place.js';
import { type Calibrated, readCalibration } from '../common/calibration/calibration-file.js';
import type { Console } from '../common/console/console.js';
import type { ModelFlags, RecordFlags, RowFlags } from '../common/flags.js';
import {
  checkEmitting,
  type InputSettings,
  inputSettings,
  linesSettings,
  needs,
  type OutputSettings,
  type RankingsSettings,
  type RowInputSettings,
  type RowsSettings,
  rankingsSettings,
  refuseEmit,
  refuseRecord,
  rowInputSettings,
  scoringSettings,
  seenSettings,
} from '../common/settings.js';

/** Default of `--suspects-limit`. */
export const SUSPECTS_A_KIND = 100;

/** Reports that can be written, each named by the flag that gives its file. */
export const REPORTS = ['json', 'html', 'markdown', 'suspects'] as const;
export type ReportName = (typeof REPORTS)[number];

export interface EvaluateFlags extends ModelFlags, RowFlags, RecordFlags, Partial<Record<ReportName, string>> {
  scored?: boolean;
  calibration?: string;
  by?: string[];
  suspectsLimit?: number;
  save?: string;
}

/** What a run of `evaluate` writes. */
export interface EvaluateOutputs {
  reports: Readonly<Partial<Record<ReportName, OutputSettings>>>;
  /** Most suspects of each kind. */
  suspectsLimit: number;
  /** Where the rankings are saved. */
  save?: RankingsSettings;
}

interface EvaluateParts extends Calibrated {
  measure: Pick<EvaluatorOptions, 'seed' | 'by' | 'temperature'>;
  output: EvaluateOutputs;
}

/** Settings for inputs that are rankings. */
export interface ScoredSettings extends EvaluateParts {
  scored: true;
  paths: readonly string[];
  input: InputSettings;
  console: Console;
  metrics?: string;
}

/** Settings for inputs that are rows, which are scored first. */
export interface UnscoredSettings extends EvaluateParts, RowsSettings, ScoringSettings {
  scored: false;
  /** Whether rankings carry all fields of their rows. */
  keep: boolean;
}

export type EvaluateSettings = ScoredSettings | UnscoredSettings;

/**
 * @param unread the typed flags that concern the model and the rows
 * @throws StarlingError E_USAGE for flags that contradict each other, or have no effect without others
 */
export async function evaluateSettings(
  paths: readonly string[],
  flags: EvaluateFlags,
  unread: readonly string[],
  console: Console,
): Promise<EvaluateSettings> {
  const { scored = false, by = [], seed, suspects, html } = flags;
  if (flags.suspectsLimit !== undefined && suspects === undefined) throw needs('--suspects-limit', '--suspects');
  if (scored && unread.length > 0) {
    const problem = `with --scored no row is read and no model is run, so these would do nothing: ${unread.join(', ')}`;
    throw new StarlingError('E_USAGE', problem);
  }
  if (scored) {
    refuseRecord(flags, 'rows to score; drop --scored');
    refuseEmit(flags, 'rows to score; drop --scored');
  }
  const calibration = flags.calibration === undefined ? undefined : await readCalibration(flags.calibration);
  const measure = { seed, by, temperature: calibration?.temperature };
  const parts = { paths, ...seenSettings(flags, console), measure, ...(calibration && { calibration }) };
  if (scored) return { scored, ...parts, input: inputSettings(flags), output: outputsOf(flags) };
  const output = outputsOf(flags);
  const input = emittingTo(output, await rowInputSettings(flags));
  // Texts, and the fields of `--by`, are known only if a ranking carries the fields of its row.
  const keep = suspects !== undefined || html !== undefined || by.length > 0;
  return { scored, ...parts, input, keep, output, ...(await scoringSettings(flags)) };
}

/** Without `--save` there is no output that could hold error lines: bad rows are skipped and reported. */
function emittingTo({ save }: EvaluateOutputs, input: RowInputSettings): RowInputSettings {
  if (save !== undefined) checkEmitting(input, save);
  return save === undefined && input.onError === 'emit' ? { ...input, onError: 'skip' } : input;
}

function outputsOf(flags: EvaluateFlags): EvaluateOutputs {
  const { save, suspectsLimit = SUSPECTS_A_KIND, force = false } = flags;
  const reports: Partial<Record<ReportName, OutputSettings>> = {};
  for (const name of REPORTS) {
    const target = flags[name];
    if (target !== undefined) reports[name] = name === 'suspects' ? linesSettings(target, force) : { target, force };
  }
  if (save === undefined) refuseRecord(flags, '--save FILE');
  return { reports, suspectsLimit, ...(save !== undefined && { save: rankingsSettings(save, flags, '--save') }) };
}

/** All outputs, with the flags that name them. */
export function destinationsOf({ reports, save }: EvaluateOutputs): Destination[] {
  return [
    ...REPORTS.map((name) => ({ flag: `--${name}`, target: reports[name]?.target })),
    { flag: '--save', target: save?.target },
    { flag: '--run-file', target: save?.record.path },
  ];
}
