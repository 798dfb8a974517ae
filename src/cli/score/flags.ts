import { type Command, Option } from 'commander';
import { FORMATS } from '../../write/format.js';
import type { Outcome } from '../common/each-row.js';
import { addFieldFlags, addModelFlags, addRecordFlags, addRowReadFlags } from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type ScoreFlags, scoreSettings } from './settings.js';

const SUMMARY = 'Scores every answer of every row and writes one ranking a row';

/** `starling-rm score`: rows in, one ranking a row out. */
export function addScore(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('score')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}, in input order, each as soon as it is known. Inputs are files, folders and patterns of JSONL, JSON, Parquet, Arrow, also .gz and .zst; - or none is standard input.`,
    )
    .argument('[inputs...]');
  addRecordFlags(addModelFlags(command), '-o FILE')
    .option('-o, --output <file>', 'write to a file, complete or not at all')
    .addOption(new Option('--format <format>', `${FORMATS.join(', ')} (by the name of -o)`).choices(FORMATS))
    .option('--force', 'replace files that exist')
    .option('--keep', 'rankings carry all fields of the row')
    .option('--explain', 'score nothing: a line a row with texts, ids, what is shared and cut')
    .option('--dry-run', 'read all, score 20 rows, tell what the rest takes');
  addRowReadFlags(addFieldFlags(command))
    .addHelpText('after', "\nExample: starling-rm score rows.jsonl | jq -c '{id, best: .order[0]}'")
    .action((inputs: string[], flags: ScoreFlags) =>
      run(async (interrupted) => {
        const settings = await scoreSettings(inputs, flags);
        return (await import('./score.js')).score(settings, interrupted);
      }),
    );
}
