import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { COMMON_FILES } from '../../src/model/files.js';
import { type Shape, TINY, writeCheckpoint } from '../convert/tiny-checkpoint.js';
import { MODEL, ROOT } from '../root.js';
import { LineProcess } from './line-process.js';
import { convert } from './prepare.js';

/** Peak memory of the process in bytes, for few and for many rows. */
export interface Growth {
  few: { rows: number; bytes: number };
  many: { rows: number; bytes: number };
}

const ANSWERS = 7;
const WORDS = 12;
/** Rows that are sent before the next rankings are awaited, so that neither side waits for the other's pipe. */
const PORTION = 50;

/** Measures peak memory with a model of one layer, so that weights are a small part of it. */
export async function memoryGrowth(folder: string, few: number, many: number): Promise<Growth | undefined> {
  const model = await oneLayerModel(folder);
  const [first, second] = [await peakOf(model, few), await peakOf(model, many)];
  if (first === undefined || second === undefined) return undefined;
  return { few: { rows: few, bytes: first }, many: { rows: many, bytes: second } };
}

async function oneLayerModel(folder: string): Promise<string> {
  const checkpoint = join(folder, 'one-layer-checkpoint');
  const shape: Shape = { ...TINY, layers: 1, vocabulary: 49152 };
  await writeCheckpoint(checkpoint, shape);
  for (const name of COMMON_FILES.filter((file) => file.startsWith('tokenizer'))) {
    await copyFile(join(MODEL, name), join(checkpoint, name));
  }
  const model = join(folder, 'one-layer');
  await convert(checkpoint, model, 'int8');
  return model;
}

async function peakOf(model: string, rows: number): Promise<number | undefined> {
  const command = new LineProcess('starling-rm', join(ROOT, 'bin/starling-rm'), ['score', '-q', '--model', model]);
  const random = Xoshiro128.seeded(7);
  for (let sent = 0; sent < rows; sent += PORTION) {
    const portion = Array.from({ length: Math.min(PORTION, rows - sent) }, () => rowText(random));
    await command.ask(portion.join(''), portion.length);
  }
  const peak = command.peakMemory();
  await command.close();
  return peak;
}

/** Random words: every row differs, so any cache of words without a limit keeps growing. */
function rowText(random: Xoshiro128): string {
  const word = () => random.below(36 ** 5).toString(36);
  const words = () => Array.from({ length: WORDS }, word).join(' ');
  return `${JSON.stringify({ prompt: words(), answers: Array.from({ length: ANSWERS }, words) })}\n`;
}
