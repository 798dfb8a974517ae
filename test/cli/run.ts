import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../root.js';

export interface Finished {
  /** Exit code; `null` if a signal ended it. */
  code: number | null;
  signal: string | null;
  stdout: string;
  /** Without what is in `found`. */
  stderr: string;
  /** How the rows were understood, as it was told on standard error. */
  found: string[];
}

const FOUND = /^starling-rm: rows: (.*?)\r?\n/gm;

/** Starts the real binary. */
export function start(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [join(ROOT, 'bin/starling-rm'), ...args], { cwd: ROOT });
  // The child may end before it has read all.
  child.stdin.on('error', () => {});
  return child;
}

/** Runs the real binary to its end. */
export async function run(args: readonly string[], stdin: string | Buffer = ''): Promise<Finished> {
  const child = start(...args);
  child.stdin.end(stdin);
  return finished(child);
}

/** Runs a line of bash in which `starling-rm` is the real binary. */
export async function shell(line: string): Promise<Finished> {
  const program = `starling-rm() { "${process.execPath}" "${join(ROOT, 'bin/starling-rm')}" "$@"; }; ${line}`;
  const child = spawn('bash', ['-c', program], { cwd: ROOT });
  child.stdin.end();
  return finished(child);
}

export async function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const ended = new Promise<Pick<Finished, 'code' | 'signal'>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const [stdout, told, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const found = [...told.matchAll(FOUND)].map(([, text]) => text);
  return { ...end, stdout, stderr: told.replaceAll(FOUND, ''), found };
}

/** Rows that tests write themselves: one prompt, short answers. */
export function row(id: string, answers: readonly unknown[] = ['Yes.', 'No.'], prompt = 'Is water wet?'): string {
  return `${JSON.stringify({ id, prompt: `\n\nHuman: ${prompt}\n\nAssistant: `, answers })}\n`;
}

export function lines(stdout: string): string[] {
  return stdout.split('\n').slice(0, -1);
}
