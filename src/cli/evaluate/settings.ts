import { StarlingError } from '../../contracts/errors.js';
import type { EvaluatorOptions } from '../../measure/evaluator-options.js';
import type { ScoringSettings } from '../../score/open-scorer.js';
import type { Destination } from '../../write/files/same-place.js';
import type { ModelFlags, RecordFlags, RowFlags } from '../common/flags.js';
import {
  type ConsoleSettings,
  checkEmitting,
  consoleSettings,
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
} from '../common/settings.js';

/** Default of `--suspects-limit`. */
export const SUSPECTS_A_KIND = 100;

/** Reports that can be written, each named by the flag that says where. */
export const REPORTS = ['json', 'html', 'markdown', 'suspects'] as const;
export type ReportName = (typeof REPORTS)[number];

export interface EvaluateFlags extends ModelFlags, RowFlags, RecordFlags, Partial<Record<ReportName, string>> {
  scored?: boolean;
  by?: string[];
  suspectsLimit?: number;
  save?: string;
}

/** What is written. */
export interface EvaluateOutputs {
  reports: Readonly<Partial<Record<ReportName, OutputSettings>>>;
  /** Suspects of each kind at most. */
  suspectsLimit: number;
  /** Where the rankings are saved. */
  save?: RankingsSettings;
}

interface EvaluateParts {
  measure: Pick<EvaluatorOptions, 'seed' | 'by'>;
  output: EvaluateOutputs;
}

/** Where the inputs are rankings. */
export interface ScoredSettings extends EvaluateParts {
  scored: true;
  paths: readonly string[];
  input: InputSettings;
  console: ConsoleSettings;
}

/** Where the inputs are rows, which are scored. */
export interface UnscoredSettings extends EvaluateParts, RowsSettings, ScoringSettings {
  scored: false;
  /** Whether rankings carry all fields of their rows. */
  keep: boolean;
}

export type EvaluateSettings = ScoredSettings | UnscoredSettings;

/**
 * @param unread the flags about the model and the rows that were typed
 * @throws StarlingError E_USAGE for flags that contradict each other, or do nothing without others
 */
export async function evaluateSettings(
  paths: readonly string[],
  flags: EvaluateFlags,
  unread: readonly string[],
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
  const parts = { paths, console: consoleSettings(flags), measure: { seed, by } };
  if (scored) return { scored, ...parts, input: inputSettings(flags), output: outputsOf(flags) };
  const output = outputsOf(flags);
  const input = emittingTo(output, rowInputSettings(flags));
  // The texts, and the fields of `--by`, are known only where a ranking carries its row along.
  const keep = suspects !== undefined || html !== undefined || by.length > 0;
  return { scored, ...parts, input, keep, output, ...(await scoringSettings(flags)) };
}

/** Without `--save` there is no output whose lines could be errors: bad rows are skipped, and told. */
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

/** All that is written, by the flags that say where. */
export function destinationsOf({ reports, save }: EvaluateOutputs): Destination[] {
  return [
    ...REPORTS.map((name) => ({ flag: `--${name}`, target: reports[name]?.target })),
    { flag: '--save', target: save?.target },
    { flag: '--run-file', target: save?.record.path },
  ];
}
