import { open, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { StarlingError } from '../../../contracts/errors.js';
import { replaceFile } from '../../../write/files/replaced-file.js';
import { targetOf } from '../../../write/files/target.js';
import type { Console } from '../console/console.js';
import { metricsText } from './metrics-text.js';

/** The textfile collector of the node exporter reads only files with this extension. */
const ENDING = '.prom';
const UPDATE_MS = 10_000;
/** World-readable, because the collector may run as another user. */
const READABLE = 0o644;

/** @throws StarlingError E_USAGE for a name that the collector does not read */
export function requireCollected(target: string): void {
  if (basename(target).length > ENDING.length && target.endsWith(ENDING)) return;
  const problem = `the node exporter reads only files whose names end in ${ENDING}; name it so`;
  throw new StarlingError('E_USAGE', `${problem}, as in run${ENDING}`, { file: target });
}

/**
 * A file with the metrics of a run for the textfile collector. It is replaced every ten seconds and at the end. Nothing is written before
 * the first rows are read: until then the file might be an input.
 */
export class MetricsFile implements AsyncDisposable {
  readonly #path: string;
  readonly #name: string;
  readonly #console: Console;
  readonly #updating: NodeJS.Timeout;
  readonly #startTime = Date.now() / 1000 - process.uptime();
  #writing: Promise<void> = Promise.resolve();
  #hasFailed = false;

  /** @param updateMs time between two updates. @throws StarlingError E_USAGE where no file can be written */
  static async open(target: string, console: Console, updateMs = UPDATE_MS): Promise<MetricsFile> {
    const found = await targetOf(target);
    if (found.kind !== 'file') throw new StarlingError('E_USAGE', 'metrics are written to a file', { file: target });
    const temporary = temporaryOf(found.path);
    try {
      await rm(temporary, { force: true });
      await (await open(temporary, 'wx')).close();
      await rm(temporary);
    } catch (cause) {
      throw new StarlingError('E_USAGE', `cannot be created: ${(cause as Error).message}`, { file: target }, cause);
    }
    return new MetricsFile(found.path, target, console, updateMs);
  }

  private constructor(path: string, name: string, console: Console, updateMs: number) {
    this.#path = path;
    this.#name = name;
    this.#console = console;
    this.#updating = setInterval(() => void this.#write({ isRunning: true }), updateMs).unref();
  }

  /** Writes the last state. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#updating);
    await this.#write({ isRunning: false });
  }

  /** Runs one write at a time. The first failure prints a warning; none ends the run. */
  #write({ isRunning }: { isRunning: boolean }): Promise<void> {
    this.#writing = this.#writing.then(() => this.#replace(isRunning)).catch((error) => this.#fail(error));
    return this.#writing;
  }

  async #replace(isRunning: boolean): Promise<void> {
    const { counts } = this.#console;
    if (!counts.hasBegun) return;
    const now = Date.now() / 1000;
    const state = { isRunning, now, startTime: this.#startTime, residentBytes: process.memoryUsage.rss() };
    const text = metricsText(basename(this.#name, ENDING), counts, state);
    await replaceFile(this.#path, text, { temporary: temporaryOf(this.#path), mode: READABLE });
  }

  #fail(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const message = `the metrics could not be written: ${error.message}; the run goes on`;
    const facts = { level: 'warning' as const, code: 'E_WRITE' as const, message, file: this.#name };
    this.#console.tell(`${this.#name}: ${message}`, facts);
  }
}

/** A name that the collector does not read and that no other process uses. */
function temporaryOf(path: string): string {
  return `${path}.${process.pid}.new`;
}
