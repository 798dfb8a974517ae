import { counted, countText, percentNumber } from '../numbers.js';
import { columns } from './columns.js';

/** What a dry run found. */
export interface DryRun {
  rows: number;
  /** The sentence about skipped rows, if there were any. */
  skipped: string | undefined;
  answers: number;
  /** Tokens of all answers, each with its prompt, as the model reads them. */
  tokens: number;
  /** Tokens left to compute after prefix sharing. */
  computed: number;
  /** Answers whose text is cut to the maximum length. */
  truncated: number;
  timedRows: number;
  /** Computed tokens per second; `undefined` if no row was scored. */
  tokensPerSecond: number | undefined;
  /** Absent where servers compute. */
  workers: number | undefined;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The figures in columns, one per line, then notes. Ends in a newline. */
export function dryRunTable(run: DryRun): string {
  const saved = run.tokens === 0 ? 0 : 1 - run.computed / run.tokens;
  const lines = columns(
    [
      ['rows', countText(run.rows)],
      ['answers', countText(run.answers)],
      ['tokens of their texts', countText(run.tokens)],
      ['tokens to compute', countText(run.computed)],
      ['answers cut to the maximum length', countText(run.truncated)],
    ],
    [0, 2],
  );
  const notes = [
    ...(run.skipped === undefined ? [] : [run.skipped]),
    `Prefixes shared within a row or with the row before save ${percentNumber(saved)} % of the tokens.`,
    timeText(run),
  ];
  return `${[...lines, '', ...notes].join('\n')}\n`;
}

function timeText({ computed, tokensPerSecond, timedRows, workers }: DryRun): string {
  if (tokensPerSecond === undefined) return 'No row to score.';
  const by = workers === undefined ? 'from the servers' : `with ${counted(workers, 'worker')}`;
  const rate = `${countText(tokensPerSecond)} tokens/s, as ${counted(timedRows, 'drawn row')} took ${by}`;
  return `Scoring would take about ${durationText(computed / tokensPerSecond)} (${rate}).`;
}

/** Two units at most: `2 d 3 h`, `1 h 5 min`, `40 s`. */
function durationText(seconds: number): string {
  if (seconds < 1) return '1 s';
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}
