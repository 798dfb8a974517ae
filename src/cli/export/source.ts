import type { RowError } from '../../contracts/errors.js';
import { StarlingError } from '../../contracts/errors.js';
import type { RankedRow } from '../../contracts/ranked-row.js';
import { ErrorLines } from '../../read/error-lines.js';
import type { Input } from '../../read/inputs/inputs.js';
import { readRankedRows } from '../../read/ranked-rows.js';
import { RowJoin } from '../../read/row-join.js';
import { readRows } from '../../read/rows.js';
import { RankingOrigins } from '../../runs/ranking-origins.js';
import { chosen } from '../common/chosen-rows.js';
import { tellErrorLines } from '../common/each-row.js';
import { inputsOf, readOptions } from '../common/inputs/inputs-of.js';
import { destinationsOfExport, type ExportSettings } from './settings.js';

/** The inputs of `export`, open and checked. */
export interface ExportSource {
  rankings: readonly Input[];
  /** Of `--rows`. */
  rows: readonly Input[];
  origins: RankingOrigins;
  /** Reads the rankings with their texts. May be called twice if all inputs are files. */
  read(stopped: AbortSignal): AsyncGenerator<RankedRow | RowError>;
  /** Reports the lines that were errors and how the rows were joined, of the last reading. */
  tell(): void;
}

/** @throws StarlingError E_NO_INPUT, E_READ, E_USAGE */
export async function openExportSource(settings: ExportSettings, interrupted: AbortSignal): Promise<ExportSource> {
  const { console, input } = settings;
  const destinations = destinationsOfExport(settings);
  const origins = new RankingOrigins();
  // Rows of a long table are gathered, rankings are not.
  const ofRankings = { ...input, read: { ...input.read, group: undefined } };
  const reading = { ...settings, input: ofRankings, onIdentity: origins.onIdentity };
  // The condition of --where and the format of --input-format are those of the rankings.
  const ofRows = { ...settings, input: { ...input, read: { ...input.read, where: undefined, format: undefined } } };
  const rankings = await inputsOf(reading, destinations, interrupted);
  const rows =
    settings.rows.length === 0 ? [] : await inputsOf({ ...ofRows, paths: settings.rows }, destinations, interrupted);
  if (settings.balances) refusePipes([...rankings, ...rows]);
  let errors = new ErrorLines();
  let join: RowJoin | undefined;
  return {
    rankings,
    rows,
    origins,
    read(stopped) {
      errors = new ErrorLines();
      const names = rows.map(({ name }) => name).join(', ');
      const ofRow = { ...readOptions(ofRows, stopped), ...input.rows };
      join = rows.length === 0 ? undefined : new RowJoin(readRows(rows, ofRow), names);
      const options = {
        ...readOptions(reading, stopped),
        fields: input.rows.fields,
        join,
        rowRemedy: 'give it as --rows',
      };
      return chosen(errors.leftOutOf(readRankedRows(rankings, options)), settings);
    },
    tell() {
      tellErrorLines(errors, console);
      if (join !== undefined) console.tell(joinText(join));
    },
  };
}

function refusePipes(inputs: readonly Input[]): void {
  const pipe = inputs.find(({ kind }) => kind !== 'file');
  if (pipe === undefined) return;
  const problem = '--balance reads the rankings twice, to count the pairs first, and this can be read only once';
  throw new StarlingError('E_USAGE', `${problem}; write it to a file before`, { file: pipe.name });
}

function joinText({ counts: { joined, passedOver, refused } }: RowJoin): string {
  const bad = refused === 0 ? '' : ` and ${refused} that could not be read`;
  return `--rows: ${joined} rows joined, ${passedOver}${bad} passed over`;
}
