import progress from 'cli-progress';
import type { ConsoleSettings } from '../settings.js';
import type { Rate } from './rate.js';

export const CLEAR_LINE = '\r\x1b[K';
const USUAL_COLUMNS = 80;
const BAR_SIZE = 20;
/** Milliseconds. */
export const REDRAW = 100;
const BAR = {
  barsize: BAR_SIZE,
  barCompleteString: '█'.repeat(BAR_SIZE),
  barIncompleteString: '░'.repeat(BAR_SIZE),
  barGlue: '',
};

/** Whether to show progress. A terminal without escape sequences (TERM=dumb) could not clear the line. */
export function isShown({ quiet, progress: wanted }: ConsoleSettings): boolean {
  return !quiet && wanted && process.stderr.isTTY && process.env.TERM !== 'dumb';
}

/** `42 %, `; empty if the amount of work is unknown. */
export function percentText(share: number): string {
  return share > 0 ? `${Math.floor(100 * Math.min(1, share))} %, ` : '';
}

/** `, 40 s left`; empty before the rate is known. */
export function leftText(amount: number, { value }: Rate): string {
  return value === undefined ? '' : `, ${Math.ceil(Math.max(0, amount) / value)} s left`;
}

export function drawLine(share: number, text: string): void {
  const bar = progress.Format.BarFormat(Math.min(1, share || 0), BAR);
  const columns = process.stderr.columns || USUAL_COLUMNS;
  process.stderr.write(`${CLEAR_LINE}${`${bar} ${text}`.slice(0, columns - 1)}`);
}
