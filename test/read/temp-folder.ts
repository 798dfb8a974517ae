import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../temp-folder.js';

/** A folder for the files of one test file. */
export class TempFolder {
  readonly path = tempFolder();
  #files = 0;

  /** Writes a new file and returns its path. */
  file(content: string | Buffer): string {
    const path = this.newPath();
    writeFileSync(path, content);
    return path;
  }

  /** A path where nothing is yet. */
  newPath(): string {
    this.#files += 1;
    return join(this.path, `${this.#files}.jsonl`);
  }
}
