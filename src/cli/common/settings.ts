import { StarlingError } from '../../contracts/errors.js';
import { chooseEngine } from '../../engines/engines.js';
import type { Shard } from '../../read/choose/shard.js';
import { readFieldsFile } from '../../read/fields-file.js';
import type { ReadOptions } from '../../read/inputs/inputs.js';
import type { RowOptions } from '../../read/rows.js';
import { type FieldNames, listedNames } from '../../read/shapes/names.js';
import type { ScoringSettings } from '../../score/open-scorer.js';
import { descriptorOf } from '../../write/files/target.js';
import { type Format, formatOf, requireLines } from '../../write/format.js';
import type { Console } from './console/console.js';
import {
  type ConsoleFlags,
  GIBIBYTE,
  MEBIBYTE,
  type ModelFlags,
  type OnError,
  type ReadFlags,
  type RecordFlags,
  type RowFlags,
} from './flags.js';
import { requireCollected } from './metrics/metrics-file.js';

/*
 * The building blocks of the commands' settings. A command turns its flags into settings before it opens anything, and throws there for
 * every misuse that the flags alone show. Later code takes settings, never flags.
 */

/** Which of the records are used. */
export interface ChoiceSettings {
  limit?: number;
  sample?: number;
  seed: number;
  /** Chosen among what the others leave. */
  shard?: Shard;
}

/** A file, standard output, a pipe or a device to write, and whether an existing file may be replaced. */
export interface OutputSettings {
  target: string;
  force: boolean;
}

export interface RankingsSettings extends OutputSettings {
  format: Format;
  record: RecordSettings;
}

/** Whether a run is recorded beside its output, and whether it resumes an earlier one. */
export interface RecordSettings {
  /** Path of the record. If absent, it is beside the output if that is a file, and is not written otherwise. */
  path?: string;
  resumes: boolean;
  /** Whether the output may mix scores of this processor with those of another. */
  mixesMachines: boolean;
}

/** How records are read, which of them are used, and how bad ones are treated. */
export interface InputSettings {
  /** Which part of a data set on the hub is read. */
  hub: { config?: string; split?: string };
  read: Omit<ReadOptions, 'signal' | 'onBytes' | 'onGrown'>;
  choice: ChoiceSettings;
  onError: OnError;
  /** The output for bad records. */
  rejects?: OutputSettings;
}

/** The same for records that are rows. */
export interface RowInputSettings extends InputSettings {
  rows: Pick<RowOptions, 'maxAnswers'> & { fields: FieldNames };
}

/** The settings that all commands which read rows share. */
export interface RowsSettings {
  paths: readonly string[];
  input: RowInputSettings;
  console: Console;
  /** The file of the metrics for Prometheus. */
  metrics?: string;
}

export function consoleSettings({ quiet = false, progress }: ConsoleFlags, console: Console): Console {
  return console.of({ quiet, progress });
}

/** @throws StarlingError E_USAGE for a metrics file that no collector would read */
export function seenSettings(flags: ReadFlags, console: Console): { console: Console; metrics?: string } {
  const { metrics } = flags;
  if (metrics !== undefined) requireCollected(metrics);
  return { console: consoleSettings(flags, console), metrics };
}

/** @throws StarlingError E_USAGE for flags that have no effect without others, and for a name that promises another format */
export function inputSettings(flags: ReadFlags): InputSettings {
  const { config, split, limit, sample, seed, onError, rejects, force = false } = flags;
  if (rejects !== undefined && onError === 'stop') throw needs('--rejects', '--on-error skip');
  return {
    hub: { config, split },
    read: {
      maxLineBytes: flags.maxLine * MEBIBYTE,
      maxNesting: flags.maxNesting,
      maxUnpackedBytes: flags.maxUnpacked * GIBIBYTE,
      format: flags.inputFormat,
      where: flags.where,
    },
    choice: { limit, sample, seed },
    onError,
    ...(rejects !== undefined && { rejects: linesSettings(rejects, force) }),
  };
}

/** @throws StarlingError E_USAGE as `inputSettings` does */
export async function rowInputSettings(flags: RowFlags): Promise<RowInputSettings> {
  const fields = await fieldNames(flags);
  const { read, ...input } = inputSettings(flags);
  const { label, groupBy } = fields;
  const numbers = label === undefined ? undefined : new Set(listedNames(label));
  const { maxAnswers, unsorted = false } = flags;
  const group = groupBy === undefined ? undefined : { by: groupBy, unsorted, most: maxAnswers, names: fields };
  return { ...input, read: { ...read, numbers, group }, rows: { maxAnswers, fields } };
}

/** The fields that flags name, and for the others those of `--fields`. */
async function fieldNames(flags: RowFlags): Promise<FieldNames> {
  const ofFile = flags.fields === undefined ? {} : await readFieldsFile(flags.fields);
  const names: FieldNames = {
    shape: ofFile.shape,
    prompt: flags.promptField ?? ofFile.prompt,
    promptFormat: flags.promptFormat ?? ofFile.promptFormat,
    system: flags.systemField ?? ofFile.system,
    answers: flags.answersField ?? ofFile.answers,
    answerText: flags.answerTextField ?? ofFile.answerText,
    model: flags.modelField ?? ofFile.model,
    label: flags.labelField ?? ofFile.label,
    lowerIsBetter: flags.lowerIsBetter ?? ofFile.lowerIsBetter,
    id: flags.idField ?? ofFile.id,
    source: flags.sourceField ?? ofFile.source,
    groupBy: flags.groupBy ?? ofFile.groupBy,
  };
  if (names.lowerIsBetter && names.label === undefined) throw needs('--lower-is-better', '--label-field');
  if (names.groupBy !== undefined && names.answers !== undefined) {
    const problem = '--group-by gathers answers that are in a row each, and --answers-field names several in one row';
    throw new StarlingError('E_USAGE', `${problem}; name the text of the answer with --answer-text-field`);
  }
  if (flags.unsorted && names.groupBy === undefined) throw needs('--unsorted', '--group-by');
  requireAsMany('--label-field', names.label, names.answers);
  requireAsMany('--model-field', names.model, names.answers);
  return names;
}

/** Refuses lists of fields of different lengths. */
function requireAsMany(flag: string, names: string | undefined, answers: string | undefined): void {
  const [found, expected] = [names, answers].map((list) => (list === undefined ? 0 : listedNames(list).length));
  if (found < 2 || found === expected) return;
  const problem = `${flag} names ${found} fields, and --answers-field ${expected}; name one for each answer, in their order`;
  throw new StarlingError('E_USAGE', problem);
}

/**
 * Refuses `--on-error emit` if a bad row cannot have a line in its turn.
 * @throws StarlingError E_USAGE for output other than JSON Lines, and for a sample, which is drawn after all bad rows are found
 */
export function checkEmitting({ onError, choice }: InputSettings, { format, target }: RankingsSettings): void {
  if (onError !== 'emit') return;
  const instead = 'leave bad rows out with --on-error skip --rejects FILE';
  if (format !== 'jsonl') {
    const problem = `${format} has no place for an error, and --on-error emit writes one for each bad row`;
    throw new StarlingError('E_USAGE', `${problem}; write JSON lines, or ${instead}`, { file: target });
  }
  if (choice.sample === undefined) return;
  const problem = '--on-error emit writes each error in its turn, but --sample reads all rows before the first is used';
  throw new StarlingError('E_USAGE', `${problem}; ${instead}`);
}

/** Refuses `--on-error emit` if no rankings are written. @throws StarlingError E_USAGE */
export function refuseEmit({ onError }: { onError: OnError }, other: string): void {
  if (onError === 'emit') throw needs('--on-error emit', other);
}

/** Settings of an output that is always JSON Lines. @throws StarlingError E_USAGE for a name that promises another format */
export function linesSettings(target: string, force: boolean): OutputSettings {
  requireLines(target);
  return { target, force };
}

/**
 * @param flag that names the file, for messages
 * @throws StarlingError E_USAGE as `formatOf` does, and for flags that have no effect without others
 */
export function rankingsSettings(
  target: string,
  { force = false, resume = false, mixedMachines = false, runFile }: RecordFlags & { force?: boolean },
  flag: string,
  asked?: Format,
): RankingsSettings {
  const format = formatOf(target, asked);
  if (mixedMachines && !resume) throw needs('--mixed-machines', '--resume');
  if (resume && descriptorOf(target) !== undefined) throw needs('--resume', `${flag} FILE`);
  return { target, force, format, record: { path: runFile, resumes: resume, mixesMachines: mixedMachines } };
}

/** Refuses flags about the record of a run if nothing is recorded. @throws StarlingError E_USAGE */
export function refuseRecord({ resume, mixedMachines, runFile }: RecordFlags, other: string): void {
  if (resume) throw needs('--resume', other);
  if (mixedMachines) throw needs('--mixed-machines', other);
  if (runFile !== undefined) throw needs('--run-file', other);
}

/** The scoring settings that the flags give. @throws StarlingError E_USAGE for flags that contradict each other */
export async function scoringSettings(flags: ModelFlags): Promise<ScoringSettings> {
  const { model: folder, dtype, readout, logit } = flags;
  const { template, templateFile, system, trim, maxLength, allowSpecial = false } = flags;
  refuseTwoTemplates(flags);
  const model = { folder, dtype, readout, logit };
  return {
    model,
    text: { template, templateFile, system, trim, maxLength, allowSpecial },
    run: await chooseEngine(flags, model),
  };
}

/** @throws StarlingError E_USAGE if both flags are given */
export function refuseTwoTemplates({ template, templateFile }: { template?: string; templateFile?: string }): void {
  if (template === undefined || templateFile === undefined) return;
  throw new StarlingError('E_USAGE', '--template and --template-file both say how texts are made; give one');
}

export function needs(flag: string, other: string): StarlingError {
  return new StarlingError('E_USAGE', `${flag} does nothing without ${other}`);
}
