import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Keep } from '../../contracts/ranking.js';
import { FORMATS } from '../../write/format.js';
import type { Outcome } from '../common/each-row.js';
import {
  addClosing,
  addConsoleFlags,
  addEngineFlags,
  addFieldFlags,
  addMetricsFlag,
  addModelFlags,
  addReadFlags,
  addRecordFlags,
  addRejectFlags,
  addSeedFlag,
  atLeast,
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
    .addOption(keepOption())
    .option('--calibration <file.json>', 'add win probabilities, by evaluate --json')
    .option('--explain', 'write texts, ids and what is shared; score nothing')
    .option('--explain-fields', 'write the recognized fields, for --fields')
    .option('--dry-run', 'score 20 rows, estimate the time for all');
  command.parseOptions = withKeepAlone(command.parseOptions.bind(command));
  addRejectFlags(command);
  addRecordFlags(command, '-o FILE');
  command
    .optionsGroup(GROUPS.run)
    .option('--shard <i/n>', 'score only shard i of n, from 0; auto: by scheduler')
    .addOption(new Option('--shards <n>', 'number of shards for --shard auto').argParser(atLeast(1)).hideHelp());
  addConsoleFlags(addMetricsFlag(addSeedFlag(addEngineFlags(command))));
  addClosing(command, {
    examples: [
      'starling-rm score rows.jsonl -o rankings.jsonl',
      "zcat rows.jsonl.gz | starling-rm score | jq -c '{id, best: .order[0]}'",
      'starling-rm score shards/ --keep --resume -o rankings.parquet',
    ],
    pages: ['docs/data.md', 'docs/models.md', 'docs/reliability.md', 'docs/scale.md'],
  }).action((inputs: string[], flags: ScoreFlags) =>
    run(async (interrupted, console) => {
      const settings = await scoreSettings(inputs, flags, console);
      return (await import('./score.js')).score(settings, interrupted);
    }),
  );
}

const KEEP = '--keep';
/** The only value of `--keep`. */
const TURNS = 'turns';

function keepOption(): Option {
  const description = 'copy all fields of each row, or turns and answers';
  return new Option(`${KEEP} [${TURNS}]`, description).argParser((text): Keep => {
    if (text === '') return true;
    if (text === TURNS) return text;
    throw new InvalidArgumentError(`Expected ${TURNS} or nothing.`);
  });
}

/** Keeps `rows.jsonl` an input in `--keep rows.jsonl`. Commander takes any word after a flag with an optional value for that value. */
function withKeepAlone(parse: Command['parseOptions']): Command['parseOptions'] {
  return (args) => parse(args.map((word, i) => (word === KEEP && args[i + 1] !== TURNS ? `${KEEP}=` : word)));
}
