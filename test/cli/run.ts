import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { ROOT } from '../root.js';

export interface Finished {
  /** Exit code; `null` if a signal ended it. */
  code: number | null;
  signal: string | null;
  stdout: string;
  /** Standard error without the lines in `found`. */
  stderr: string;
  /** The lines on standard error that say how the rows were understood. */
  found: string[];
}

const PROGRAM = join(ROOT, 'bin/starling-rm');
const FOUND = /^starling-rm: rows: (.*?)\r?\n/gm;

const running = new Set<ChildProcess>();

// A failed test leaves its program waiting for input, which would keep this process alive.
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

function started(program: string, args: readonly string[], env = process.env): ChildProcessWithoutNullStreams {
  const child = spawn(program, args, { cwd: ROOT, env });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Starts the real binary. */
export function start(...args: string[]): ChildProcessWithoutNullStreams {
  const child = started(process.execPath, [PROGRAM, ...args]);
  // The child may end before it has read all input.
  child.stdin.on('error', () => {});
  return child;
}

/** Runs the real binary to its end. */
export async function run(args: readonly string[], stdin: string | Buffer = ''): Promise<Finished> {
  const child = start(...args);
  child.stdin.end(stdin);
  return finished(child);
}

/** A line of bash in which each value is quoted: it stays one word, or part of one, whatever its characters. */
export function bash(parts: TemplateStringsArray, ...values: readonly string[]): string {
  const words = values.map((value) => `'${value.replaceAll("'", "'\\''")}'`);
  return parts.map((part, i) => part + (words[i] ?? '')).join('');
}

/** A line of bash that runs the real binary with these arguments on a terminal. What the terminal shows goes to standard output. */
export function onTerminal(words: string): string {
  return bash`SHELL=/bin/sh script -qec ${bash`${process.execPath} ${PROGRAM} `}${words} /dev/null`;
}

/** Runs a line of bash in which `starling-rm` is the real binary, in the C locale: bash warns of missing locales on standard error. */
export async function shell(line: string): Promise<Finished> {
  const program = bash`starling-rm() { ${process.execPath} ${PROGRAM} "$@"; }; `;
  const child = started('bash', ['-c', program + line], { ...process.env, LC_ALL: 'C' });
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

/** A row with one prompt and short answers, as a line of JSON. */
export function row(id: string, answers: readonly unknown[] = ['Yes.', 'No.'], prompt = 'Is water wet?'): string {
  return `${JSON.stringify({ id, prompt: `\n\nHuman: ${prompt}\n\nAssistant: `, answers })}\n`;
}

/** A report without the time of its scores: in JSON, and as a day in text. */
export function withoutDates(report: string): string {
  return report.replaceAll(/"date": "[^"]*"/g, '"date": ""').replaceAll(/\b\d{4}-\d\d-\d\d\b/g, 'DATE');
}

export function lines(stdout: string): string[] {
  return stdout.split('\n').slice(0, -1);
}
