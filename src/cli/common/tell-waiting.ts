import { isatty } from 'node:tty';
import type { Input } from '../../read/inputs/inputs.js';
import type { Console } from './console/console.js';

const STDIN = 0;

/** Says that a command waits for what is typed: without a name of a file it would look as if it hung. */
export function tellWaiting(inputs: readonly Input[], console: Console): void {
  const isTyped = inputs.some(({ kind }) => kind === 'stdin') && isatty(STDIN) && process.stderr.isTTY;
  if (isTyped) console.tell('reading standard input; end it with Ctrl-D, or name a file');
}
