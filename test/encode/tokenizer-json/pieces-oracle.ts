import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../../root.js';
import { writeTokenizer } from './small-tokenizer.js';

export interface OracleTokenizer {
  tokenizer: Record<string, unknown>;
  config: object;
  /** Ids of each text without special tokens. */
  plain: number[][];
  /** Ids of each text with special tokens allowed, where they differ. */
  special: (number[] | null)[];
}

export interface PiecesOracle {
  texts: string[];
  tokenizers: Record<string, OracleTokenizer>;
  /** The character map of SentencePiece, in base64. The tokenizers have a placeholder for it. */
  charsmap: string;
  /** The scores of deberta-v3 by id, as the Rust library reads them. */
  scores: number[];
  /** First and last code points of the ranges of each character class in the Rust library. */
  classes: Record<'punctuation' | 'control' | 'accent' | 'mark' | 'chinese' | 'space', [number, number][]>;
  /** SHA-256 of the normalized forms of all characters. */
  forms: Record<string, string>;
}

/** The values that test/oracles/pieces.py wrote. */
export const ORACLE: PiecesOracle = JSON.parse(
  gunzipSync(readFileSync(join(ROOT, 'test/oracles/pieces.json.gz'))).toString(),
);

/** Writes the two files of a tokenizer, with `changes` to its top-level keys. @returns the folder */
export function writeOracleTokenizer(name: string, changes: object = {}): string {
  const { tokenizer, config } = ORACLE.tokenizers[name];
  const settings = JSON.stringify({ ...tokenizer, ...changes }).replaceAll(
    '"charsmap"',
    JSON.stringify(ORACLE.charsmap),
  );
  return writeTokenizer(settings, JSON.stringify(config));
}
