import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A folder for the files of one test file, removed after its tests. */
export class TempFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'starling-read-'));
  #files = 0;

  constructor() {
    after(() => rmSync(this.path, { recursive: true }));
  }

  /** The path of a new file. */
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
