import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { checkSettings, settingsFiles } from '../model/checkpoint-files.js';

const TOKENIZER = 'tokenizer.json';

/** Whether a checkpoint lacks config.json or tokenizer.json. A SentencePiece model alone cannot be read. */
export function needsBase(folder: string): boolean {
  return ['config.json', TOKENIZER].some((name) => !existsSync(join(folder, name)));
}

/**
 * Makes a temporary folder with all files of a checkpoint, and with those that it lacks from `base`: config.json, and the files of the
 * tokenizer if it has none. Weights are linked. Small files are copied, as `checkSettings` refuses links that leave the folder. Neither
 * source folder changes.
 * @returns the new folder, and its parent, which holds nothing else and is to be removed
 * @throws StarlingError E_CHECKPOINT as `checkSettings` does
 */
export async function lentFiles(checkpoint: string, base: string): Promise<{ parent: string; folder: string }> {
  await checkSettings(checkpoint);
  await checkSettings(base);
  const parent = await mkdtemp(join(tmpdir(), 'starling-rm-'));
  const folder = join(parent, basename(resolve(checkpoint)));
  await mkdir(folder);
  const own = await readdir(checkpoint);
  const lent = settingsFiles(await readdir(base)).filter(
    (name) => !own.includes(name) && (name === 'config.json' || (name !== 'reward.json' && !own.includes(TOKENIZER))),
  );
  for (const name of own) await lend(checkpoint, name, folder);
  for (const name of lent) await lend(base, name, folder);
  return { parent, folder };
}

async function lend(from: string, name: string, to: string): Promise<void> {
  const file = resolve(from, name);
  const isSmall = settingsFiles([name]).length > 0 && (await stat(file).catch(() => undefined))?.isFile();
  await (isSmall ? copyFile(file, join(to, name)) : symlink(file, join(to, name)));
}
