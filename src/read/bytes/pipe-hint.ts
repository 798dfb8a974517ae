import { shellWord } from '../../contracts/errors.js';

const STDIN = '<stdin>';

/** A remedy: pipe the file through `command`. For stdin, whose file is unknown, the word `file` stands for its name. */
export function pipeHint(command: string, file: string): string {
  return `try: ${command} ${file === STDIN ? 'file' : shellWord(file)} | starling-rm score -`;
}
