import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const parent = mkdtempSync(join(tmpdir(), 'starling-rm-'));
process.once('exit', () => rmSync(parent, { recursive: true, force: true, maxRetries: 9 }));

/** A new folder that is removed when the process ends. */
export function tempFolder(): string {
  return mkdtempSync(join(parent, 'folder-'));
}
