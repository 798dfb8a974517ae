import { StarlingError } from '../../contracts/errors.js';
import type { Choices, Drop, Pairs, RankBy } from '../../export/choose/choices.js';
import type { Layout, TrainingForm, TrainingFormat } from '../../export/formats/format.js';
import { TRAINING_FORMATS, type TrainingFormatName } from '../../export/formats/formats.js';
import { EXAMPLE_FORMATS, type ExampleFormat } from '../../write/examples/open-examples.js';
import type { Destination } from '../../write/files/same-place.js';
import { formatOf } from '../../write/format.js';
import type { Console } from '../common/console/console.js';
import type { RowFlags } from '../common/flags.js';
import {
  needs,
  type OutputSettings,
  type RowInputSettings,
  rowInputSettings,
  seenSettings,
} from '../common/settings.js';

export interface ExportFlags extends RowFlags {
  to: TrainingFormatName;
  rows?: string[];
  rankBy: RankBy;
  drop?: Drop[];
  pairs?: Pairs;
  maxPerRow?: number;
  minMargin?: number;
  maxLengthRatio?: number;
  balance?: 'length';
  top?: number;
  output?: string;
  format?: ExampleFormat;
  text?: boolean;
  layout?: Layout;
  card?: string;
  runFile?: string;
}

export interface ExportSettings {
  paths: readonly string[];
  /** The inputs that were scored; empty if the rankings carry their texts. */
  rows: readonly string[];
  input: RowInputSettings;
  to: TrainingFormatName;
  form: TrainingForm;
  choices: Choices;
  /** Whether the longer answer is to be chosen as often as the shorter one. */
  balances: boolean;
  output: OutputSettings & { format: ExampleFormat; record?: string };
  /** Where the data card is written. */
  card?: OutputSettings;
  console: Console;
  metrics?: string;
}

/** @throws StarlingError E_USAGE for flags that mean nothing for the format, and for a file of a format that examples do not fit */
export async function exportSettings(
  paths: readonly string[],
  flags: ExportFlags,
  console: Console,
): Promise<ExportSettings> {
  const { to, rows = [], output = '-', card, force = false, runFile } = flags;
  refuseUseless(flags, TRAINING_FORMATS[to]);
  if (rows.includes('-') && (paths.length === 0 || paths.includes('-'))) {
    throw new StarlingError('E_USAGE', 'the rankings and --rows cannot both be standard input; name a file');
  }
  return {
    paths,
    rows,
    to,
    input: await rowInputSettings(flags),
    form: { isText: flags.text ?? false, layout: flags.layout ?? 'messages' },
    choices: choicesOf(flags),
    balances: flags.balance !== undefined,
    output: { target: output, force, format: exampleFormat(output, flags.format), record: runFile },
    ...(card !== undefined && { card: { target: card, force } }),
    ...seenSettings(flags, console),
  };
}

function choicesOf({ rankBy, drop = [], pairs = 'best-worst', top = 1, seed, ...limits }: ExportFlags): Choices {
  const { maxPerRow, minMargin, maxLengthRatio } = limits;
  return { rankBy, drop, pairs, top, seed, maxPerRow, minMargin, maxLengthRatio };
}

/** Refuses flags that would do nothing for the format. */
function refuseUseless(flags: ExportFlags, format: TrainingFormat): void {
  const { unit, hasText = false, hasLayouts = false } = format;
  const hasPairs = unit === 'pairs' || unit === 'halves';
  const ofPairs = ['pairs', 'maxPerRow', 'minMargin', 'maxLengthRatio', 'balance'] as const;
  const useless = [
    ...ofPairs.map((name) => ({ name, isUseful: hasPairs, other: 'a format of pairs in --to' })),
    { name: 'top' as const, isUseful: unit === 'best', other: '--to sft' },
    { name: 'layout' as const, isUseful: hasLayouts, other: '--to sft' },
    { name: 'text' as const, isUseful: hasText, other: `a format that can be text: ${textFormats()}` },
  ];
  const found = useless.find(({ name, isUseful }) => flags[name] !== undefined && !isUseful);
  if (found !== undefined) throw needs(flagOf(found.name), found.other);
  const { pairs = 'best-worst', maxPerRow = 1 } = flags;
  if (unit === 'halves' && (pairs === 'adjacent' || pairs === 'all' || maxPerRow > 1)) {
    const problem = 'with several pairs of a row an answer would be wanted and unwanted at once';
    throw new StarlingError('E_USAGE', `${problem}; give --pairs best-worst or random with --to ${flags.to}`);
  }
}

/** `--max-per-row` for `maxPerRow`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function textFormats(): string {
  const formats: [string, TrainingFormat][] = Object.entries(TRAINING_FORMATS);
  return formats.flatMap(([name, { hasText = false }]) => (hasText ? [name] : [])).join(', ');
}

function exampleFormat(target: string, asked?: ExampleFormat): ExampleFormat {
  const format = formatOf(target, asked);
  const found = EXAMPLE_FORMATS.find((one) => one === format);
  if (found !== undefined) return found;
  const problem = `training data are ${EXAMPLE_FORMATS.join(', ')}, not ${format}; name the file so, or give the --format`;
  throw new StarlingError('E_USAGE', problem, { file: target });
}

/** All outputs, with the flags that name them. */
export function destinationsOfExport({ output, card }: ExportSettings): Destination[] {
  return [
    { flag: output.target === '-' ? 'standard output' : '--output', target: output.target },
    { flag: '--card', target: card?.target },
    { flag: '--run-file', target: output.record },
  ];
}
