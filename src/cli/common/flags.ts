import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AskedEngine, ENGINE_FORMS } from '../../engines/engines.js';
import { DEVICES } from '../../engines/local/device.js';
import { MOST_WORKERS } from '../../engines/local/workers.js';
import { DTYPES, READOUTS } from '../../model/files.js';
import type { ModelSettings } from '../../model/open-model.js';
import type { TextChoice } from '../../model/texts/text-options.js';
import { LIMITS } from '../../read/inputs/inputs.js';
import { INPUT_FORMATS, type InputFormat } from '../../read/records/format.js';
import { PROMPT_FORMATS, type PromptFormat } from '../../read/shapes/dialogue-text.js';
import { CHAT_TEMPLATE, templateNames } from '../../template/templates.js';
import { LOG_FORMATS, type LogFormat } from './console/open-console.js';

/** The model that comes with the repository. */
export const EMBEDDED_MODEL = fileURLToPath(new URL('../../../../models/starling-rm-mini', import.meta.url));

export const MEBIBYTE = 2 ** 20;
export const GIBIBYTE = 2 ** 30;

/** Headings of the help, in the order in which commands add their flags. */
export const GROUPS = { input: 'Input:', choice: 'Choice:', model: 'Model:', output: 'Output:', run: 'Run:' };

/** Model flags as commander parses them. */
export type ModelFlags = { model: string } & Omit<ModelSettings, 'folder'> & Partial<TextChoice> & AskedEngine;

/** Flags that control messages on standard error. */
export interface ConsoleFlags {
  quiet?: boolean;
  progress: boolean;
  /** Taken from the words of the command line too: misuse of other flags is an error before flags are known. */
  logFormat: LogFormat;
}

/** What becomes of a bad row: it ends the run, is left out, or has its error written in place of its ranking. */
export type OnError = 'stop' | 'skip' | 'emit';

/** Flags of every command that reads rows or rankings. */
export interface ReadFlags extends ConsoleFlags {
  inputFormat?: InputFormat;
  config?: string;
  split?: string;
  where?: string;
  limit?: number;
  sample?: number;
  seed: number;
  onError: OnError;
  rejects?: string;
  force?: boolean;
  maxLine: number;
  maxNesting: number;
  maxUnpacked: number;
  metrics?: string;
}

/** Flags of what is kept of a run beside its output. */
export interface RecordFlags {
  resume?: boolean;
  mixedMachines?: boolean;
  runFile?: string;
}

/** Flags of commands that read rows. */
export interface RowFlags extends ReadFlags {
  fields?: string;
  groupBy?: string;
  unsorted?: boolean;
  promptField?: string;
  systemField?: string;
  answersField?: string;
  answerTextField?: string;
  modelField?: string;
  labelField?: string;
  lowerIsBetter?: boolean;
  idField?: string;
  sourceField?: string;
  promptFormat?: PromptFormat;
  maxAnswers: number;
}

/** What the help of a command says after its flags. */
interface Closing {
  /** Command lines that work; a test runs them. */
  examples: readonly string[];
  /** Pages of the documentation, as paths from the repository. */
  pages: readonly string[];
  /** What else to know, one line each. */
  notes?: readonly string[];
}

/** Ends the help of a command with examples and the pages that say more. */
export function addClosing(command: Command, { examples, pages, notes = [] }: Closing): Command {
  const lines = [
    '',
    ...notes,
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    `See ${pages.join(', ')}`,
  ];
  return command.addHelpText('after', lines.join('\n'));
}

/** The description of an option in the help: meaning, choices, default. */
export function optionText({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`;
  const words: unknown = defaultValueDescription ?? defaultValue;
  return `${description}${choices}${words === undefined ? '' : ` (default: ${words})`}`;
}

/**
 * Flags that say where a row's prompt, answers and labels are. They mean nothing for rankings without the fields of their rows. The rarer
 * ones are left out of the help.
 * @param labels whether the command reads labels of rows
 */
export function addFieldFlags(command: Command, { labels = true } = {}): Command {
  const rare = (flags: string, description: string) => new Option(flags, description).hideHelp();
  command
    .optionsGroup(GROUPS.input)
    .addOption(new Option('--prompt-field <field>', 'field of the prompt').default(undefined, 'prompt, messages, …'))
    .addOption(rare('--system-field <field>', 'field of the system turn'))
    .option('--answers-field <field>', 'field of the answers, or a,b: one answer each')
    .addOption(rare('--answer-text-field <field>', 'field of the text in each answer'));
  if (labels) {
    command
      .addOption(rare('--model-field <field>', 'field of the models: in each answer, a list, or a,b'))
      .option('--label-field <field>', 'field of the labels, or of the winner')
      .addOption(new Option('--lower-is-better', 'lower labels are better').default(undefined, 'if named rank'));
  }
  return command
    .addOption(rare('--id-field <field>', "field of the row's id").default(undefined, 'id'))
    .addOption(rare('--source-field <field>', "field of the row's source").default(undefined, 'source'))
    .option('--group-by <field>', 'make one row of rows that share this field')
    .addOption(rare('--unsorted', 'gather on the disk: rows of a group may stand anywhere'))
    .option('--fields <file>', 'fields from a JSON file (docs/data.md lists all)')
    .addOption(new Option('--prompt-format <how>', 'text prompts').choices(PROMPT_FORMATS).default(undefined, 'auto'))
    .addOption(counting('--max-answers <n>', 'most answers of a row', 1).default(LIMITS.maxAnswers));
}

/**
 * Input flags of every command that reads rows or rankings.
 * @param emits whether the command writes rankings, in whose place errors can be
 */
export function addReadFlags(command: Command, { emits = false } = {}): Command {
  const actions: readonly OnError[] = emits ? ['stop', 'skip', 'emit'] : ['stop', 'skip'];
  const emitting = emits ? '; emit writes its error' : '';
  return command
    .optionsGroup(GROUPS.input)
    .addOption(
      new Option('--input-format <format>', 'format of the inputs')
        .choices(INPUT_FORMATS)
        .default(undefined, 'by the first bytes'),
    )
    .addOption(new Option('--config <name>', 'configuration of a data set on the hub').hideHelp())
    .option('--split <name>', 'split of a data set on the hub')
    .option('--where <sql>', 'read only Parquet rows for which this is true')
    .addOption(counting('--limit <rows>', 'read at most this many rows', 0))
    .addOption(counting('--sample <rows>', 'uniform sample, in input order (reads all input)', 1))
    .addOption(new Option('--on-error <action>', `what to do at a bad row${emitting}`).choices(actions).default('stop'))
    .addOption(
      counting('--max-line <MiB>', 'longest line', 1)
        .default(LIMITS.maxLineBytes / MEBIBYTE)
        .hideHelp(),
    )
    .addOption(counting('--max-nesting <n>', 'deepest nesting of JSON', 1).default(LIMITS.maxNesting).hideHelp())
    .addOption(
      counting('--max-unpacked <GiB>', 'largest size of an unpacked input', 1)
        .default(LIMITS.maxUnpackedBytes / GIBIBYTE)
        .hideHelp(),
    );
}

/**
 * Flags of the model and of how texts are made for it.
 *
 * @param brief leaves the rarer flags out of the help; they work all the same
 */
export function addModelFlags(command: Command, { brief = false } = {}): Command {
  const rare = (flags: string, description: string) => new Option(flags, description).hideHelp(brief);
  return command
    .optionsGroup(GROUPS.model)
    .addOption(
      new Option('-m, --model <folder>', 'folder made by convert, or ONNX of another tool').default(
        EMBEDDED_MODEL,
        'the embedded model',
      ),
    )
    .addOption(new Option('--dtype <dtype>', 'weights').choices(DTYPES).default(undefined, "the model's first"))
    .addOption(templateOption("the model's"))
    .addOption(rare('--template-file <file>', 'chat template in Jinja, in place of --template'))
    .addOption(rare('--system <text>', 'system turn of rows that have none').default(undefined, "the model's"))
    .addOption(
      new Option('--trim', 'strip white space; --no-trim keeps it').default(undefined, "the model's").hideHelp(),
    )
    .addOption(new Option('--no-trim').hideHelp())
    .addOption(
      rare('--readout <name>', 'token that the head reads').choices(READOUTS).default(undefined, "the model's"),
    )
    .addOption(
      counting('--max-length <tokens>', 'cut longer texts at the beginning, pairs at their ends', 2).default(
        undefined,
        "the model's",
      ),
    )
    .addOption(new Option('--allow-special', 'encode special tokens spelt in texts as such').hideHelp())
    .addOption(new Option('--logit <n>', 'reward logit of an external model, from 0').argParser(atLeast(0)).hideHelp());
}

/** Names of templates are checked later, where the error can suggest the nearest. @param fallback the default, in words */
function templateOption(fallback: string): Option {
  const names = [...templateNames, CHAT_TEMPLATE].join(', ');
  return new Option('--template <name>', `text format: ${names}`).default(undefined, fallback);
}

/** Flags of what computes rewards. @param brief as for `addModelFlags` */
export function addEngineFlags(command: Command, { brief = false } = {}): Command {
  return command
    .optionsGroup(GROUPS.run)
    .addOption(new Option('--engine <name>', ENGINE_FORMS).default(undefined, 'local'))
    .addOption(
      new Option('--engine-key-file <file>', 'key of the servers').default(undefined, 'VLLM_API_KEY').hideHelp(),
    )
    .addOption(
      new Option('--golden-tolerance <share>', 'how far servers may be off the golden rows')
        .argParser(share)
        .default(undefined, '0.05')
        .hideHelp(),
    )
    .addOption(new Option('--device <name>', 'only cpu is tested').choices(DEVICES).hideHelp(brief))
    .addOption(
      counting('--workers <n>', 'sessions in parallel', 1).default(
        undefined,
        `one per core, at most ${MOST_WORKERS}, as memory allows`,
      ),
    )
    .addOption(
      counting('--threads <n>', 'threads per session', 1).default(undefined, 'cores / workers').hideHelp(brief),
    );
}

/** Where bad rows go, and whether outputs may replace files. */
export function addRejectFlags(command: Command): Command {
  return command
    .optionsGroup(GROUPS.output)
    .option('--rejects <file>', 'write bad rows with their reasons, as JSON lines')
    .option('--force', 'replace existing files');
}

export function addSeedFlag(command: Command): Command {
  return command.optionsGroup(GROUPS.run).addOption(counting('--seed <n>', 'seed of random draws', 0).default(1));
}

export function addMetricsFlag(command: Command): Command {
  return command.optionsGroup(GROUPS.run).option('--metrics <file.prom>', 'keep metrics for Prometheus in this file');
}

export function addConsoleFlags(command: Command): Command {
  return command
    .optionsGroup(GROUPS.run)
    .option('-q, --quiet', 'print errors only')
    .option('--no-progress', 'show no progress')
    .addOption(
      new Option('--log-format <format>', 'standard error as text, or a JSON object a line')
        .choices(LOG_FORMATS)
        .default('text'),
    )
    .helpOption('-h, --help', 'show this help');
}

/** An option that takes a whole number of at least `least`. */
function counting(flags: string, description: string, least: number): Option {
  return new Option(flags, description).argParser(atLeast(least));
}

/** Runs `add` and returns the options that it added to the command. */
export function addedOptions(command: Command, add: () => unknown): readonly Option[] {
  const before = command.options.length;
  add();
  return command.options.slice(before);
}

/** Long names of the options that the user typed, each once: `--no-trim` counts as `--trim`. */
export function typedFlags(command: Command, options: readonly Option[]): string[] {
  const names = [...new Set(options.map((option) => option.attributeName()))];
  const typed = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return typed.map((name) => {
    const option = options.find((one) => one.attributeName() === name);
    return option?.long ?? name;
  });
}

/** Parses a number above 0. */
function share(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Parses a whole number of at least `least`. */
export function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}

/** Parses comma-separated names of fields, such as `source,model`, and drops repeated ones. */
export function fieldList(text: string): string[] {
  const fields = text.split(',').map((field) => field.trim());
  if (fields.every((field) => field !== '')) return [...new Set(fields)];
  throw new InvalidArgumentError('Expected comma-separated names of fields.');
}

/** @param flag that names the file of the rankings */
export function addRecordFlags(command: Command, flag: string): Command {
  command
    .optionsGroup(GROUPS.output)
    .option('--resume', 'continue an earlier run; safe to give always')
    .option('--mixed-machines', 'resume on another kind of processor too');
  return addRunFileFlag(command, flag);
}

/** @param flag that names the output */
export function addRunFileFlag(command: Command, flag: string): Command {
  return command
    .optionsGroup(GROUPS.output)
    .addOption(new Option('--run-file <file>', 'write the run record here').default(undefined, `${flag}.run.json`));
}
