import { shellWord } from '../../contracts/errors.js';

const STDIN = '<stdin>';

/** What to type instead, when `command` makes of the file what can be read here. Of stdin nobody knows the file. */
export function pipeHint(command: string, file: string): string {
  return `try: ${command} ${file === STDIN ? 'file' : shellWord(file)} | starling-rm score -`;
}
