import progress from 'cli-progress';
import type { Console } from '../console/console.js';
import type { Rate } from './rate.js';

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

/** `42 %, `; empty if the amount of work is unknown. */
export function percentText(share: number): string {
  return share > 0 ? `${Math.floor(100 * Math.min(1, share))} %, ` : '';
}

/** `, 40 s left`; empty before the rate is known. */
export function leftText(amount: number, { value }: Rate): string {
  return value === undefined ? '' : `, ${Math.ceil(Math.max(0, amount) / value)} s left`;
}

export function drawLine(console: Console, share: number, text: string): void {
  const bar = progress.Format.BarFormat(Math.min(1, share || 0), BAR);
  const columns = process.stderr.columns || USUAL_COLUMNS;
  console.draw(`${bar} ${text}`.slice(0, columns - 1));
}
