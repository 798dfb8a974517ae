import type { Console } from '../console/console.js';
import { drawLine, leftText, REDRAW } from './progress-line.js';
import { Rate } from './rate.js';

/** Reports the progress of a download. */
export interface DownloadProgress {
  /** Sets the number of bytes that all calls of `read` will add up to. */
  readonly total: (bytes: number) => void;
  /** Adds bytes; `came` says whether they were downloaded now or were there before. */
  readonly read: (bytes: number, came: boolean) => void;
  /** Clears the progress line. */
  readonly end: () => void;
}

/** A progress line on standard error if that is a terminal, otherwise nothing. */
export function openDownloadProgress(console: Console): DownloadProgress {
  const none = () => {};
  return console.progress === 'line' ? new TerminalDownload(console) : { total: none, read: none, end: none };
}

/** `read` redraws the line, at most every `REDRAW` milliseconds. */
class TerminalDownload implements DownloadProgress {
  readonly #console: Console;
  readonly #rate = new Rate();
  #total = 0;
  #there = 0;
  #came = 0;
  #drawn = performance.now();

  constructor(console: Console) {
    this.#console = console;
  }

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

  readonly end = (): void => {
    this.#console.clear();
  };

  #draw(): void {
    const speed = `${megabytes(this.#rate.value ?? 0)} MB/s${leftText(this.#total - this.#there, this.#rate)}`;
    drawLine(
      this.#console,
      this.#there / this.#total,
      `${megabytes(this.#there)} of ${megabytes(this.#total)} MB, ${speed}`,
    );
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
