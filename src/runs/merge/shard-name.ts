import { basename } from 'node:path';
import type { Shard } from '../../read/choose/shard.js';

/** Digits of both numbers, as other tools pad them. */
const DIGITS = 5;

const SHARD_NAME = new RegExp(`-(\\d{${DIGITS}})-of-(\\d{${DIGITS}})(\\.[^.]+)*$`);
const ENDING = /(?<!^)\.[^.]+$/;

/** The file of a shard: `out-00003-of-00064.jsonl` for `out.jsonl`. */
export function shardName(file: string, { index, count }: Shard): string {
  const [ending = ''] = ENDING.exec(basename(file)) ?? [];
  const digits = (number: number) => `${number}`.padStart(DIGITS, '0');
  return `${file.slice(0, file.length - ending.length)}-${digits(index)}-of-${digits(count)}${ending}`;
}

/** The shard that the name of a file says, also that of FILE.partial; `undefined` for another name. */
export function shardInName(file: string): Shard | undefined {
  const [, index, count] = SHARD_NAME.exec(basename(file)) ?? [];
  return index === undefined ? undefined : { index: Number(index), count: Number(count) };
}
