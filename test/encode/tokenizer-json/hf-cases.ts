import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Turn } from '../../../src/contracts/row.js';
import { ROOT } from '../../root.js';

/** A line that test/encode/tokenizer-json/hf_ids.py wrote: a conversation and its ids by HF tokenizers. */
export interface HfCase {
  tokenizer: 'openchat' | 'mini';
  template: string;
  trim: boolean;
  allowSpecial: boolean;
  conversation: Turn[];
  answer: string;
  ids: number[];
}

export function hfCases(): HfCase[] {
  return readFileSync(join(ROOT, 'test/encode/tokenizer-json/hf-ids.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
