import { counted, countText, percentNumber } from '../numbers.js';
import { columns } from './columns.js';

/** What a run would be about. */
export interface DryRun {
  rows: number;
  /** What became of bad rows, if there were any. */
  skipped: string | undefined;
  answers: number;
  /** Of the texts of all answers, each with its prompt, as the model reads them. */
  tokens: number;
  /** What is computed of them. */
  computed: number;
  /** Answers whose text is cut to the maximum length. */
  truncated: number;
  timedRows: number;
  /** Computed tokens; `undefined` if no row was scored. */
  tokensPerSecond: number | undefined;
  workers: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A line a figure, in columns; ends in a newline. */
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
    `Shared by the answers of a row, or with the row before, and so computed once: ${percentNumber(saved)} % of the tokens.`,
    timeText(run),
  ];
  return `${[...lines, '', ...notes].join('\n')}\n`;
}

function timeText({ computed, tokensPerSecond, timedRows, workers }: DryRun): string {
  if (tokensPerSecond === undefined) return 'No row to score.';
  const rate = `${countText(tokensPerSecond)} tokens/s, as ${counted(timedRows, 'drawn row')} took with ${counted(workers, 'worker')}`;
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
