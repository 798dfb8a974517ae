import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../../root.js';
import { writeTokenizer } from './small-tokenizer.js';

export interface OracleTokenizer {
  tokenizer: Record<string, unknown>;
  config: object;
  /** Ids of each text that may set no special tokens. */
  plain: number[][];
  /** Ids of each text that may, where they are others. */
  special: (number[] | null)[];
}

export interface PiecesOracle {
  texts: string[];
  tokenizers: Record<string, OracleTokenizer>;
  /** Of SentencePiece, in base64; a word stands for it in the tokenizers. */
  charsmap: string;
  /** By id, what the Rust library reads for the scores of deberta-v3. */
  scores: number[];
  /** First and last code points of what the Rust library treats as one kind. */
  classes: Record<'punctuation' | 'control' | 'accent' | 'mark' | 'chinese' | 'space', [number, number][]>;
  /** SHA-256 of what becomes of every character. */
  forms: Record<string, string>;
}

/** What test/oracles/pieces.py wrote. */
export const ORACLE: PiecesOracle = JSON.parse(
  gunzipSync(readFileSync(join(ROOT, 'test/oracles/pieces.json.gz'))).toString(),
);

/** @returns a folder with the two files of the tokenizer, changed by `changes` key by key */
export function writeOracleTokenizer(name: string, changes: object = {}): string {
  const { tokenizer, config } = ORACLE.tokenizers[name];
  const settings = JSON.stringify({ ...tokenizer, ...changes }).replaceAll(
    '"charsmap"',
    JSON.stringify(ORACLE.charsmap),
  );
  return writeTokenizer(settings, JSON.stringify(config));
}
