import { type Command, Option } from 'commander';
import { FORMATS } from '../../write/format.js';
import type { Outcome } from '../common/each-row.js';
import {
  addClosing,
  addConsoleFlags,
  addFieldFlags,
  addMetricsFlag,
  addModelFlags,
  addReadFlags,
  addRecordFlags,
  addRejectFlags,
  addSeedFlag,
  addSessionFlags,
  GROUPS,
} from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type ScoreFlags, scoreSettings } from './settings.js';

const SUMMARY = 'Scores every answer of every row and writes one ranking per row';

/** `starling-rm score`: rows in, one ranking per row out. */
export function addScore(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('score')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}, in input order, as soon as it is known. Inputs are files, folders and patterns of JSONL, JSON, CSV, TSV, Parquet and Arrow, also .gz and .zst; - or none is standard input.`,
    )
    .argument('[inputs...]');
  addReadFlags(addFieldFlags(command), { emits: true });
  addModelFlags(command);
  command
    .optionsGroup(GROUPS.output)
    .addOption(new Option('-o, --output <file>', 'write here, complete or not at all').default(undefined, 'stdout'))
    .addOption(
      new Option('--format <format>', 'format of the rankings').choices(FORMATS).default(undefined, 'by name of -o'),
    )
    .option('--keep', 'copy all fields of each row into its ranking')
    .option('--explain', 'write texts, ids and what is shared; score nothing')
    .option('--explain-fields', 'write the recognized fields, for --fields')
    .option('--dry-run', 'score 20 rows, estimate the time for all');
  addRejectFlags(command);
  addRecordFlags(command, '-o FILE');
  addConsoleFlags(addMetricsFlag(addSeedFlag(addSessionFlags(command))));
  addClosing(command, {
    examples: [
      'starling-rm score rows.jsonl -o rankings.jsonl',
      "zcat rows.jsonl.gz | starling-rm score | jq -c '{id, best: .order[0]}'",
      'starling-rm score shards/ --keep --resume -o rankings.parquet',
    ],
    pages: ['docs/data.md', 'docs/models.md', 'docs/reliability.md'],
  }).action((inputs: string[], flags: ScoreFlags) =>
    run(async (interrupted, console) => {
      const settings = await scoreSettings(inputs, flags, console);
      return (await import('./score.js')).score(settings, interrupted);
    }),
  );
}
