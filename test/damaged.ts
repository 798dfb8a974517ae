import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { StarlingError } from '../src/contracts/errors.js';

/** What became of one damage. */
export interface Outcome {
  damage: string;
  /** Of the error; `none` if there was none, `E_INTERNAL` for one that no person was meant to read. */
  code: string;
  exitCode?: number;
  message: string;
}

/** Values that no count, name or object of a model is. */
export const NONSENSE: readonly unknown[] = [
  ...[2 ** 53, 2 ** 40, 2 ** 30, 1e9, 1e308, 0, -1, -0.5, 1.5, 1e-300],
  ...['x', '64', '', true, false, [], [1], {}, { a: { b: [] } }],
];

/** What stands in place of a JSON file. */
export const NO_OBJECTS: readonly string[] = ['', '[', 'null', '[]', '1', '"x"', '{"a":', '{"a":NaN}', '['.repeat(1e5)];

/** What stands in place of a file and holds no bytes, or is waited for without end. */
export const NO_FILES: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a loop of links': (path) => symlinkSync(path, path),
  'a link to nothing': (path) => symlinkSync('/no/such/file', path),
};

/** Lets `attempt` meet each of these in place of a file. */
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

/** The same file, with the bytes of some place changed or all behind it gone; always the same ones. */
export function spoiltBytes(bytes: Buffer, count: number): { damage: string; bytes: Buffer }[] {
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor(((i + 0.5) / count) * bytes.length);
    if (i % 4 === 3) return { damage: `cut at ${at}`, bytes: bytes.subarray(0, at) };
    const spoilt = Buffer.from(bytes);
    spoilt[at] ^= 1 << (i % 8);
    return { damage: `bit ${i % 8} of byte ${at}`, bytes: spoilt };
  });
}

/** For the process that is attacked: says what becomes of each, before the next begins. */
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

/** Runs the script beside `from` in a process of its own, whose crash or endless loop is seen here. */
export async function outcomesOf(script: string, from: string, ...args: string[]): Promise<Outcome[]> {
  const path = fileURLToPath(new URL(script, from));
  // A loop over 2^40 would end with nobody waiting for it any more.
  const child = spawn(process.execPath, ['--max-old-space-size=512', path, ...args], { timeout: 300_000 });
  const ended = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(`${code ?? signal}`)));
  const [told, trace, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const outcomes: Outcome[] = told
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  if (end !== '0')
    throw new Error(`it ended with ${end} after ${outcomes.length} (${outcomes.at(-1)?.damage}): ${trace.slice(-500)}`);
  return outcomes;
}
