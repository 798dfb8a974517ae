import type { Console } from './console.js';
import { JsonConsole } from './json-console.js';
import { TextConsole } from './text-console.js';

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const FLAG = '--log-format';

/** The console that the command line requests. It is needed before the flags are parsed, to report misspelt ones. */
export function openConsole(words: readonly string[]): Console {
  return formatIn(words) === 'json' ? JsonConsole.open() : new TextConsole();
}

/** If the flag is repeated, the last one counts, as for every flag. */
function formatIn(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const flags = end === -1 ? words : words.slice(0, end);
  const at = flags.findLastIndex((word) => word === FLAG || word.startsWith(`${FLAG}=`));
  if (at === -1) return undefined;
  return flags[at] === FLAG ? flags[at + 1] : flags[at].slice(FLAG.length + 1);
}
