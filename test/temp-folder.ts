import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const parent = mkdtempSync(join(tmpdir(), 'starling-rm-'));
process.once('exit', () => rmSync(parent, { recursive: true, force: true, maxRetries: 9 }));

/** A new folder that is gone when the process is. */
export function tempFolder(): string {
  return mkdtempSync(join(parent, 'folder-'));
}
