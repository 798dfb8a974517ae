import { StarlingError } from '../../contracts/errors.js';
import { type Format, formatOf } from '../../write/format.js';
import { openRankings } from '../../write/open-rankings.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import type { InputFlags, ModelFlags } from '../common/flags.js';
import { withRankings } from '../common/with-rankings.js';
import { writing } from '../common/writing.js';
import { dryRun } from './dry-run.js';
import { explain } from './explain.js';

export interface ScoreFlags extends ModelFlags, InputFlags {
  output?: string;
  format?: Format;
  keep?: boolean;
  dryRun?: boolean;
  explain?: boolean;
}

/** Writes a ranking a row, or what `--explain` or `--dry-run` tell instead. */
export async function score(inputs: readonly string[], flags: ScoreFlags, interrupted: AbortSignal): Promise<Outcome> {
  if (flags.explain) return explain(inputs, flags, interrupted);
  if (flags.dryRun) return dryRun(inputs, flags, interrupted);
  const { output = '-', format, force = false } = flags;
  const isTsv = formatOf(output, format) === 'tsv';
  if (flags.keep && isTsv) {
    const problem =
      'TSV has a line an answer and fixed columns, in which the fields of the input have no place; drop --keep';
    throw new StarlingError('E_USAGE', problem);
  }
  const destinations = [{ flag: output === '-' ? 'standard output' : '--output', target: output }];
  return withRankings(inputs, flags, interrupted, destinations, async (rankings) =>
    writing(await openRankings(output, { force, format }), interrupted, (writer, stopped) =>
      eachRow(rankings, flags, stopped, (ranking) => writer.write(ranking)),
    ),
  );
}
