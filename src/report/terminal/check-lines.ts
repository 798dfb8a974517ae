import type { Check, Verdict } from '../../contracts/check.js';
import { oneLine } from '../../contracts/errors.js';
import { WIDTH, wrappedTo } from './columns.js';

const NAME = 14;
const VERDICT = 6;
/** Capitals mark what needs action. */
const SHOWN: Record<Verdict, string> = { ok: 'ok', warn: 'WARN', fail: 'FAIL', skip: 'skip' };

/** A check as lines of at most 80 characters: its name, the verdict, what was found, and below it what to do. Ends in a newline. */
export function checkLines({ check, verdict, found, remedy }: Check): string {
  const first = check.padEnd(NAME) + SHOWN[verdict].padEnd(VERDICT);
  const paragraphs = [found, ...(remedy === undefined ? [] : [`-> ${remedy}`])].map((text) =>
    oneLine(text.replaceAll(/\s+/g, ' ')),
  );
  const lines = paragraphs.flatMap((text) => wrappedTo(broken(text), WIDTH - first.length));
  return `${lines.map((line, i) => (i === 0 ? first : ' '.repeat(first.length)) + line).join('\n')}\n`;
}

/** Breaks words that are longer than a line, such as paths. */
function broken(text: string): string {
  const longest = WIDTH - NAME - VERDICT;
  return text.replaceAll(new RegExp(`\\S{${longest}}(?=\\S)`, 'g'), '$& ');
}
