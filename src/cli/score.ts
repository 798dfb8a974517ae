import { type Command, Option } from 'commander';
import { StarlingError } from '../errors.js';
import { FORMATS, type Format, formatOf } from '../write/format.js';
import { openRankings } from '../write/open-rankings.js';
import { dryRun } from './dry-run.js';
import { eachRow, type Outcome } from './each-row.js';
import { explain } from './explain.js';
import { addInputFlags, addModelFlags, type InputFlags, type ModelFlags } from './options.js';
import { withRankings } from './with-rankings.js';
import { writing } from './writing.js';

interface ScoreFlags extends ModelFlags, InputFlags {
  output?: string;
  format?: Format;
  keep?: boolean;
  dryRun?: boolean;
  explain?: boolean;
}

const SUMMARY = 'Scores every answer of every row and writes one ranking a row';

/** `starling-rm score`: rows in, one ranking a row out. */
export function addScore(
  program: Command,
  run: (work: (interrupted: AbortSignal) => Promise<Outcome>) => Promise<void>,
): void {
  const command = program
    .command('score')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}, in input order, each as soon as it is known. Inputs are files, folders and patterns of JSONL, JSON, Parquet, Arrow, also .gz and .zst; - or none is standard input.`,
    )
    .argument('[inputs...]');
  addModelFlags(command)
    .option('-o, --output <file>', 'write to a file, complete or not at all')
    .addOption(new Option('--format <format>', `${FORMATS.join(', ')} (by the name of -o)`).choices(FORMATS))
    .option('--force', 'replace files that exist')
    .option('--keep', 'rankings carry all fields of the row')
    .option('--explain', 'score nothing: a line a row with texts, ids, what is shared and cut')
    .option('--dry-run', 'read all, score 20 rows, tell what the rest takes');
  addInputFlags(command)
    .addHelpText('after', "\nExample: starling-rm score rows.jsonl | jq -c '{id, best: .order[0]}'")
    .action((inputs: string[], flags: ScoreFlags) => run((interrupted) => score(inputs, flags, interrupted)));
}

async function score(inputs: readonly string[], flags: ScoreFlags, interrupted: AbortSignal): Promise<Outcome> {
  if (flags.explain) return explain(inputs, flags, interrupted);
  if (flags.dryRun) return dryRun(inputs, flags, interrupted);
  const { output = '-', format, force = false } = flags;
  if (flags.keep && formatOf(output, format) === 'tsv') {
    const problem =
      'TSV has a line an answer and fixed columns, in which the fields of the input have no place; drop --keep';
    throw new StarlingError('E_USAGE', problem);
  }
  const destinations = [{ flag: output === '-' ? 'standard output' : '--output', target: output }];
  return withRankings(inputs, flags, interrupted, destinations, async (rankings) =>
    writing(await openRankings(output, { force, format }), (writer) =>
      eachRow(rankings, flags, interrupted, (ranking) => writer.write(ranking)),
    ),
  );
}
