import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { settingsFiles } from './needed-files.js';

const TOKENIZER = 'tokenizer.json';

/** Whether a checkpoint lacks its settings or its tokenizer; one of SentencePiece alone cannot be read. */
export function needsBase(folder: string): boolean {
  return ['config.json', TOKENIZER].some((name) => !existsSync(join(folder, name)));
}

/**
 * A new temporary folder with all of a checkpoint, and of `base` what it lacks: config.json, and the files of the tokenizer if it has none.
 * They are links: nothing is copied, and neither folder changes.
 * @returns the folder that the new one lies in alone, for removal, and the new one
 */
export async function lentFiles(checkpoint: string, base: string): Promise<{ parent: string; folder: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'starling-rm-'));
  const folder = join(parent, basename(resolve(checkpoint)));
  await mkdir(folder);
  const own = await readdir(checkpoint);
  const lent = settingsFiles(await readdir(base)).filter(
    (name) => !own.includes(name) && (name === 'config.json' || (name !== 'reward.json' && !own.includes(TOKENIZER))),
  );
  for (const name of own) await symlink(resolve(checkpoint, name), join(folder, name));
  for (const name of lent) await symlink(resolve(base, name), join(folder, name));
  return { parent, folder };
}
