import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint } from '../convert/tiny-checkpoint.js';
import { writeSmallTokenizer } from '../encode/tokenizer-json/small-tokenizer.js';
import { tempFolder } from '../temp-folder.js';

/** A tiny checkpoint that converts and scores. @returns its folder, and its files by name */
export async function tinyRepository(): Promise<{ folder: string; files: Map<string, Uint8Array> }> {
  const folder = await writeCheckpoint(join(tempFolder(), 'tiny'));
  const tokenizer = writeSmallTokenizer();
  for (const name of readdirSync(tokenizer)) writeFileSync(join(folder, name), readFileSync(join(tokenizer, name)));
  writeFileSync(join(folder, 'reward.json'), JSON.stringify({ template: 'llama-2-ppo', max_length: 128 }));
  return { folder, files: new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])) };
}
