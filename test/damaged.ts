import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { StarlingError } from '../src/contracts/errors.js';

/** The outcome of one damage. */
export interface Outcome {
  damage: string;
  /** Code of the error; `none` without an error, `E_INTERNAL` for an error that is not a StarlingError. */
  code: string;
  exitCode?: number;
  message: string;
}

/** Values that are never a valid count, name or object of a model. */
export const NONSENSE: readonly unknown[] = [
  ...[2 ** 53, 2 ** 40, 2 ** 30, 1e9, 1e308, 0, -1, -0.5, 1.5, 1e-300],
  ...['x', '64', '', true, false, [], [1], {}, { a: { b: [] } }],
];

/** Replacements for the content of a JSON file. */
export const NO_OBJECTS: readonly string[] = ['', '[', 'null', '[]', '1', '"x"', '{"a":', '{"a":NaN}', '['.repeat(1e5)];

/** Replacements for a file that have no bytes or block forever. */
export const NO_FILES: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a loop of links': (path) => symlinkSync(path, path),
  'a link to nothing': (path) => symlinkSync('/no/such/file', path),
};

/** Runs `attempt` with each of these in place of a file. */
export async function tellNoFiles(path: string, attempt: () => Promise<unknown>): Promise<void> {
  const content = existsSync(path) ? readFileSync(path) : undefined;
  for (const [what, make] of Object.entries(NO_FILES)) {
    rmSync(path, { recursive: true, force: true });
    make(path);
    await tellOutcome(`${basename(path)} is ${what}`, attempt);
  }
  rmSync(path, { recursive: true, force: true });
  if (content) writeFileSync(path, content);
}

/** Copies of a file with bytes changed at some place, or cut there; the same ones in every run. */
export function spoiltBytes(bytes: Buffer, count: number): { damage: string; bytes: Buffer }[] {
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor(((i + 0.5) / count) * bytes.length);
    if (i % 4 === 3) return { damage: `cut at ${at}`, bytes: bytes.subarray(0, at) };
    const spoilt = Buffer.from(bytes);
    spoilt[at] ^= 1 << (i % 8);
    return { damage: `bit ${i % 8} of byte ${at}`, bytes: spoilt };
  });
}

/** For the process under attack: prints the outcome of each damage before the next begins. */
export async function tellOutcome(damage: string, attempt: () => Promise<unknown>): Promise<void> {
  const outcome = await attempt().then(
    () => ({ damage, code: 'none', message: '' }),
    (error: unknown) =>
      error instanceof StarlingError
        ? { damage, code: error.code, exitCode: error.exitCode, message: String(error) }
        : { damage, code: 'E_INTERNAL', message: error instanceof Error ? `${error.stack}` : String(error) },
  );
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

/** Runs the script beside `from` in a process of its own, so that a crash or an endless loop is detected. */
export async function outcomesOf(script: string, from: string, ...args: string[]): Promise<Outcome[]> {
  const path = fileURLToPath(new URL(script, from));
  // A loop over 2^40 steps would outlast the test.
  const child = spawn(process.execPath, ['--max-old-space-size=512', path, ...args], { timeout: 300_000 });
  const ended = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(`${code ?? signal}`)));
  const [printed, trace, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const outcomes: Outcome[] = printed
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  if (end !== '0')
    throw new Error(`it ended with ${end} after ${outcomes.length} (${outcomes.at(-1)?.damage}): ${trace.slice(-500)}`);
  return outcomes;
}
