import type { Format } from './format.js';
import { JSONL } from './rankings.js';
import type { TextFormat } from './text-format.js';
import { TSV } from './tsv.js';

/** How each format of text is written, and read back by `--resume`. A format that is missing here does not compile. */
export const TEXT_FORMATS: Readonly<Record<Exclude<Format, 'parquet' | 'arrow'>, TextFormat>> = {
  jsonl: JSONL,
  tsv: TSV,
};
