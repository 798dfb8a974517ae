import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ScorerOptions } from '../flow.js';
import { READOUTS } from '../infer/model-folder.js';
import { DTYPES } from '../model-files.js';

/** The model that lies in the clone. */
export const EMBEDDED_MODEL = fileURLToPath(new URL('../../../models/starling-rm-mini', import.meta.url));

/** More workers than this gain little and each holds the model's weights. */
const MOST_WORKERS = 8;
const MEBIBYTE = 2 ** 20;

/** Flags of how text becomes rewards, as commander gives them. */
export type ModelFlags = Pick<ScorerOptions, 'model'> & Partial<ScorerOptions>;

/** Flags of what is read, and what is told. */
export interface InputFlags {
  limit?: number;
  onError: 'stop' | 'skip';
  maxLine: number;
  quiet?: boolean;
  progress: boolean;
}

/**
 * Each description says its default, and the choices where they are few: one line a flag.
 *
 * @param brief leaves the rarer ones out of the help; they work all the same
 */
export function addModelFlags(command: Command, { brief = false } = {}): Command {
  const rare = (flags: string, description: string) => new Option(flags, description).hideHelp(brief);
  return command
    .option('-m, --model <folder>', 'model folder made by convert (the embedded one)', EMBEDDED_MODEL)
    .addOption(new Option('--dtype <dtype>', 'int8 or fp32 (int8 if the model has it)').choices(DTYPES))
    .option('--template <name>', "how a text is made (the model's); a wrong one lists all")
    .addOption(rare('--system <text>', "system turn where a row has none (the model's)"))
    .addOption(rare('--trim', "strip white space; --no-trim leaves it (the model's)"))
    .addOption(new Option('--no-trim').hideHelp())
    .addOption(rare('--readout <name>', "where the reward is read: last-token (the model's)").choices(READOUTS))
    .option('--max-length <tokens>', "longer texts are cut on the left (the model's)", atLeast(2))
    .addOption(rare('--allow-special', 'special tokens spelt in texts become special tokens'))
    .option('--workers <n>', `threads that hold a session each (a core each, to ${MOST_WORKERS})`, atLeast(1))
    .addOption(rare('--threads <n>', 'threads each session computes with (what is left)').argParser(atLeast(1)));
}

export function addInputFlags(command: Command): Command {
  return command
    .option('--limit <rows>', 'read no more rows than this', atLeast(0))
    .addOption(
      new Option('--on-error <what>', 'stop or skip after a bad row (stop)').choices(['stop', 'skip']).default('stop'),
    )
    .option('--max-line <MiB>', 'longest line that is read (32)', atLeast(1), 32)
    .option('-q, --quiet', 'tell nothing but why a run failed')
    .option('--no-progress', 'no progress on a terminal');
}

/** Flag names that only mean something where a model is run. */
export const MODEL_FLAGS = [
  'model',
  'dtype',
  'template',
  'system',
  'trim',
  'readout',
  'maxLength',
  'allowSpecial',
  'workers',
  'threads',
];

export function scorerOptions(flags: ModelFlags): ScorerOptions {
  const cores = availableParallelism();
  const workers = flags.workers ?? Math.min(MOST_WORKERS, Math.max(1, Math.floor(cores / (flags.threads ?? 1))));
  const threads = flags.threads ?? Math.max(1, Math.floor(cores / workers));
  return { ...flags, allowSpecial: flags.allowSpecial ?? false, workers, threads };
}

/** Bytes. */
export function maxLineBytes(flags: InputFlags): number {
  return flags.maxLine * MEBIBYTE;
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
