import { CSV } from './csv.js';
import type { Format } from './format.js';
import { JSONL } from './rankings.js';
import type { TextFormat } from './text-format.js';
import { TSV } from './tsv.js';

/** How each text format is written, and read back by `--resume`. The type makes a missing format a compile error. */
export const TEXT_FORMATS: Readonly<Record<Exclude<Format, 'parquet' | 'arrow'>, TextFormat>> = {
  jsonl: JSONL,
  csv: CSV,
  tsv: TSV,
};
