import type { Console } from './console.js';
import { JsonConsole } from './json-console.js';
import { TextConsole } from './text-console.js';

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const FLAG = '--log-format';

/** The console that the words of the command line ask for. It is known before they are parsed, since they may be misspelt. */
export function openConsole(words: readonly string[]): Console {
  return formatIn(words) === 'json' ? JsonConsole.open() : new TextConsole();
}

/** Of several the last counts, as for every flag. */
function formatIn(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const flags = end === -1 ? words : words.slice(0, end);
  const at = flags.findLastIndex((word) => word === FLAG || word.startsWith(`${FLAG}=`));
  if (at === -1) return undefined;
  return flags[at] === FLAG ? flags[at + 1] : flags[at].slice(FLAG.length + 1);
}
