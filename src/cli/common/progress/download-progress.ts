import type { ConsoleSettings } from '../settings.js';
import { tell } from '../tell.js';
import { CLEAR_LINE, drawLine, isShown, leftText, REDRAW } from './progress-line.js';
import { Rate } from './rate.js';

/** Reports the progress of a download. */
export interface DownloadProgress {
  /** Sets the number of bytes that all calls of `read` will add up to. */
  readonly total: (bytes: number) => void;
  /** Adds bytes; `came` says whether they were downloaded now or were there before. */
  readonly read: (bytes: number, came: boolean) => void;
  /** Prints a line on standard error. */
  readonly tell: (line: string) => void;
  /** Clears the progress line. */
  readonly end: () => void;
}

/** A progress line on standard error if that is a terminal; otherwise only the lines of `tell`. With `--quiet` nothing is printed. */
export function openDownloadProgress(console: ConsoleSettings): DownloadProgress {
  const none = () => {};
  if (console.quiet) return { total: none, read: none, tell: none, end: none };
  return isShown(console) ? new TerminalDownload() : { total: none, read: none, tell, end: none };
}

/** `read` redraws the line, at most every `REDRAW` milliseconds. */
class TerminalDownload implements DownloadProgress {
  readonly #rate = new Rate();
  #total = 0;
  #there = 0;
  #came = 0;
  #drawn = performance.now();

  readonly total = (bytes: number): void => {
    this.#total = bytes;
  };

  readonly read = (bytes: number, came: boolean): void => {
    this.#there += bytes;
    if (came) this.#came += bytes;
    const now = performance.now();
    if (now - this.#drawn < REDRAW) return;
    this.#rate.add(this.#came, (now - this.#drawn) / 1000);
    this.#came = 0;
    this.#drawn = now;
    this.#draw();
  };

  readonly tell = (line: string): void => {
    process.stderr.write(CLEAR_LINE);
    tell(line);
  };

  readonly end = (): void => {
    process.stderr.write(CLEAR_LINE);
  };

  #draw(): void {
    const speed = `${megabytes(this.#rate.value ?? 0)} MB/s${leftText(this.#total - this.#there, this.#rate)}`;
    drawLine(this.#there / this.#total, `${megabytes(this.#there)} of ${megabytes(this.#total)} MB, ${speed}`);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
