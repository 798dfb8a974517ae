import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEVICES } from '../../engines/local/device.js';
import type { PoolOptions } from '../../engines/local/pool.js';
import { DTYPES, READOUTS } from '../../model/files.js';
import type { TextChoice } from '../../model/texts/text-options.js';
import { LIMITS } from '../../read/inputs/inputs.js';
import { INPUT_FORMATS, type InputFormat } from '../../read/records/format.js';
import { PROMPT_FORMATS, type PromptFormat } from '../../read/shapes/dialogue-text.js';
import type { ModelSettings } from '../../score/open-scorer.js';
import { MOST_WORKERS } from './workers.js';

/** The model that lies in the clone. */
export const EMBEDDED_MODEL = fileURLToPath(new URL('../../../../models/starling-rm-mini', import.meta.url));

export const MEBIBYTE = 2 ** 20;
export const GIBIBYTE = 2 ** 30;

/** Flags of how text becomes rewards, as commander gives them. */
export type ModelFlags = { model: string } & Omit<ModelSettings, 'folder'> & Partial<TextChoice & PoolOptions>;

/** Flags of what is shown to people. */
export interface ConsoleFlags {
  quiet?: boolean;
  progress: boolean;
}

/** Flags of what is read, rows or rankings, and what is told. */
export interface ReadFlags extends ConsoleFlags {
  inputFormat?: InputFormat;
  where?: string;
  limit?: number;
  sample?: number;
  seed: number;
  onError: 'stop' | 'skip';
  rejects?: string;
  force?: boolean;
  maxLine: number;
  maxNesting: number;
  maxUnpacked: number;
}

/** Flags of what is kept of a run beside its output. */
export interface RecordFlags {
  resume?: boolean;
  mixedMachines?: boolean;
  runFile?: string;
}

/** Flags of rows that are read. */
export interface RowFlags extends ReadFlags {
  promptField?: string;
  answersField?: string;
  labelField?: string;
  lowerIsBetter?: boolean;
  promptFormat?: PromptFormat;
  maxAnswers: number;
}

/**
 * Each description says its default, and the choices where they are few: one line a flag.
 *
 * @param brief leaves the rarer ones out of the help; they work all the same
 */
export function addModelFlags(command: Command, { brief = false } = {}): Command {
  const rare = (flags: string, description: string) => new Option(flags, description).hideHelp(brief);
  return command
    .option('-m, --model <folder>', 'made by convert, or ONNX of other tools (the embedded one)', EMBEDDED_MODEL)
    .addOption(new Option('--dtype <dtype>', `${DTYPES.join(', ')} (the first that the model has)`).choices(DTYPES))
    .option('--template <name>', "how texts are made (the model's; a wrong one lists all)")
    .addOption(rare('--template-file <file>', 'how texts are made: a chat template in Jinja'))
    .addOption(rare('--system <text>', "system turn where a row has none (the model's)"))
    .addOption(rare('--trim', "strip white space; --no-trim leaves it (the model's)"))
    .addOption(new Option('--no-trim').hideHelp())
    .addOption(rare('--readout <name>', "token read: last-token or card (the model's)").choices(READOUTS))
    .option(
      '--max-length <tokens>',
      "longer texts are cut on the left, pairs of texts at both ends (the model's)",
      atLeast(2),
    )
    .addOption(rare('--allow-special', 'special tokens spelt in texts become special tokens'))
    .addOption(rare('--device <name>', `${DEVICES.join(', ')} (cpu)`).choices(DEVICES))
    .addOption(rare('--logit <n>', 'which logit of a foreign model is the reward, from 0').argParser(atLeast(0)))
    .option('--workers <n>', `threads with a session each (a core each, to ${MOST_WORKERS}, if they fit)`, atLeast(1))
    .addOption(rare('--threads <n>', 'threads each session computes with (what is left)').argParser(atLeast(1)));
}

/** Flags of which fields are the row's: they mean nothing where rankings are read. */
export function addFieldFlags(command: Command): Command {
  return command
    .option('--prompt-field <field>', 'where the prompt is (prompt, messages, …)')
    .option('--answers-field <field>', 'where the list of answers is; or a,b: an answer each')
    .option('--label-field <field>', 'label in each answer, or a list; rank: 1 = best')
    .option('--lower-is-better', '--label-field is as a rank, whatever its name')
    .addOption(
      new Option('--prompt-format <how>', `of prompts that are text: ${PROMPT_FORMATS.join(', ')} (auto)`).choices(
        PROMPT_FORMATS,
      ),
    );
}

/** Flags of what is read where it may be rows: which fields are the row's go before these. */
export function addRowReadFlags(command: Command): Command {
  return addReadFlags(
    command.option('--max-answers <n>', 'most answers of a row (1000)', atLeast(1), LIMITS.maxAnswers),
  );
}

export function addReadFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--input-format <format>', `${INPUT_FORMATS.join(', ')} (told by the first bytes)`).choices(
        INPUT_FORMATS,
      ),
    )
    .option('--where <sql>', 'only Parquet rows for which this expression is true')
    .option('--limit <rows>', 'read no more rows than this', atLeast(0))
    .option('--sample <rows>', 'a uniform sample, in input order; reads all first', atLeast(1))
    .option('--seed <n>', 'seed of what is drawn (1)', atLeast(0), 1)
    .addOption(
      new Option('--on-error <what>', 'stop or skip after a bad row (stop)').choices(['stop', 'skip']).default('stop'),
    )
    .option('--rejects <file>', 'write the rows that are skipped, with the reasons')
    .option('--max-line <MiB>', 'longest line that is read (32)', atLeast(1), LIMITS.maxLineBytes / MEBIBYTE)
    .option('--max-nesting <n>', 'deepest nesting of JSON (100)', atLeast(1), LIMITS.maxNesting)
    .option(
      '--max-unpacked <GiB>',
      'most that one compressed input unpacks to (64)',
      atLeast(1),
      LIMITS.maxUnpackedBytes / GIBIBYTE,
    )
    .option('-q, --quiet', 'tell nothing but why a run failed')
    .option('--no-progress', 'no progress on a terminal');
}

/** The options that `add` adds to a command. */
export function addedOptions(command: Command, add: () => unknown): readonly Option[] {
  const before = command.options.length;
  add();
  return command.options.slice(before);
}

/** Those of the options that were typed, each once: `--no-trim` is a value of `--trim`. */
export function typedFlags(command: Command, options: readonly Option[]): string[] {
  const names = [...new Set(options.map((option) => option.attributeName()))];
  const typed = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return typed.map((name) => {
    const option = options.find((one) => one.attributeName() === name);
    return option?.long ?? name;
  });
}

/** A whole number of at least `least`. */
export function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}

/** Names of fields, each once: `source,model`. */
export function fieldList(text: string): string[] {
  const fields = text.split(',').map((field) => field.trim());
  if (fields.every((field) => field !== '')) return [...new Set(fields)];
  throw new InvalidArgumentError('Expected names of fields with commas between.');
}

/** @param flag that names the file of the rankings */
export function addRecordFlags(command: Command, flag: string): Command {
  return command
    .option('--resume', `go on with what an earlier run left of ${flag}`)
    .option('--mixed-machines', 'resume on another kind of processor too')
    .option('--run-file <file>', `write the run record here (${flag} and .run.json)`);
}
