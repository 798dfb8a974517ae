import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, found from the compiled test. */
export const ROOT = folderOfPackage(dirname(fileURLToPath(import.meta.url)));
export const SAMPLE = join(ROOT, 'fixtures/sample.jsonl');
export const MODEL = join(ROOT, 'models/starling-rm-mini');

/** The folder beside the repository with data, checkpoints and oracles that are not in the repository. */
export const SHARED = join(ROOT, '../shared');

/** For `test(name, { skip }, …)`: why a test that needs these files cannot run, or false. */
export function skipWithout(...paths: string[]): string | false {
  const absent = paths.filter((path) => !existsSync(path));
  return absent.length > 0 ? `NOT TESTED: ${absent.join(', ')} is absent` : false;
}

function folderOfPackage(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : folderOfPackage(dirname(folder));
}
