import { type Command, Option } from 'commander';
import { FORMATS } from '../../write/format.js';
import type { Outcome } from '../common/each-row.js';
import { addClosing, addConsoleFlags, GROUPS } from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type MergeFlags, mergeSettings } from './settings.js';

const SUMMARY = 'Merges the shards of a run into one file of rankings';

/** `starling-rm merge`: files of rankings in, one file in input order out. */
export function addMerge(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('merge')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}, in input order. It equals the file of a run that was not split. Numbers of shards that are missing go to standard output. Other rankings as JSON lines are merged too if no row is in two files.`,
    )
    .argument('<files...>', 'shards that score --shard wrote, each once');
  command
    .optionsGroup(GROUPS.input)
    .option('--mixed-machines', 'merge scores of different kinds of processors too')
    .optionsGroup(GROUPS.output)
    .addOption(new Option('-o, --output <file>', 'write here, complete or not at all').default(undefined, 'stdout'))
    .addOption(
      new Option('--format <format>', 'format of the rankings').choices(FORMATS).default(undefined, 'by name of -o'),
    )
    .option('--rejects <file>', 'merge the rejects of the shards, which have this name, too')
    .option('--force', 'replace existing files');
  addConsoleFlags(command);
  addClosing(command, {
    examples: [
      'starling-rm merge out-*-of-00004.jsonl -o all.parquet',
      "starling-rm merge out-*-of-00004.jsonl | jq -c '{id, best: .order[0]}'",
      'starling-rm merge out-*-of-00004.jsonl -o all.jsonl --mixed-machines',
    ],
    pages: ['docs/scale.md'],
  }).action((paths: string[], flags: MergeFlags) =>
    run(async (interrupted, console) => {
      const settings = mergeSettings(paths, flags, console);
      return (await import('./merge.js')).merge(settings, interrupted);
    }),
  );
}
