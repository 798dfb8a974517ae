import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../root.js';

/** One run of the program that an engine started. */
export interface ShimRun {
  /** Working directory, which for Spark is one of the executor. */
  directory: string;
  /** Seconds since 1970. */
  start: number;
  end: number;
  code: number;
}

/** A `starling-rm` on the PATH that runs the real one and notes each run. */
export class Shim {
  readonly #log: string;
  readonly #bin: string;

  /** @param first lines of bash for the first runs, which replace `real "$@"`: each is used once */
  constructor(folder: string, first: readonly string[] = []) {
    this.#log = join(folder, 'runs.log');
    this.#bin = join(folder, 'bin');
    mkdirSync(this.#bin);
    writeFileSync(this.#log, '');
    const program = join(this.#bin, 'starling-rm');
    const lines = [
      '#!/bin/bash',
      `real() { "${process.execPath}" "${ROOT}/bin/starling-rm" "$@"; }`,
      'start=$EPOCHREALTIME',
      ...first.map((line, i) => `${i === 0 ? 'if' : 'elif'} mkdir "${folder}/used-${i}" 2> /dev/null; then ${line}`),
      ...(first.length > 0 ? ['else real "$@"', 'fi'] : ['real "$@"']),
      'code=$?',
      `echo "$PWD $start $EPOCHREALTIME $code" >> "${this.#log}"`,
      'exit $code',
    ];
    writeFileSync(program, `${lines.join('\n')}\n`);
    chmodSync(program, 0o755);
  }

  /** A PATH that begins with the program and `folders`. */
  path(...folders: string[]): string {
    return [this.#bin, ...folders, process.env.PATH].join(delimiter);
  }

  runs(): ShimRun[] {
    const lines = readFileSync(this.#log, 'utf8').trim().split('\n').filter(Boolean);
    return lines.map((line) => {
      const [directory, start, end, code] = line.split(' ');
      return { directory, start: Number(start), end: Number(end), code: Number(code) };
    });
  }
}

/** The largest number of runs at the same time. */
export function mostAtOnce(runs: readonly ShimRun[]): number {
  return Math.max(
    0,
    ...runs.map((run) => runs.filter(({ start, end }) => start <= run.start && run.start < end).length),
  );
}
