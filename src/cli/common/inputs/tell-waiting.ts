import { isatty } from 'node:tty';
import type { Input } from '../../../read/inputs/inputs.js';
import type { Console } from '../console/console.js';

const STDIN = 0;

/** Says that a command waits for typed input. Without a file name it would otherwise seem to hang. */
export function tellWaiting(inputs: readonly Input[], console: Console): void {
  const isTyped = inputs.some(({ kind }) => kind === 'stdin') && isatty(STDIN) && process.stderr.isTTY;
  if (isTyped) console.tell('reading standard input; end it with Ctrl-D, or name a file');
}
