/** How the names of files end, lower case and without the dot, by what is in them. */
export interface FileEnding {
  ending: string;
  /** What such a file is read as; absent if it is not read. `text` is JSON, as lines or one array. */
  read?: 'text' | 'parquet' | 'arrow';
  /** What rankings become in a file of such a name; absent if the name asks for no format. */
  written?: 'tsv' | 'parquet' | 'arrow';
}

export const FILE_ENDINGS: readonly FileEnding[] = [
  { ending: 'jsonl', read: 'text' },
  { ending: 'ndjson', read: 'text' },
  { ending: 'json', read: 'text' },
  { ending: 'tsv', written: 'tsv' },
  { ending: 'parquet', read: 'parquet', written: 'parquet' },
  { ending: 'parq', read: 'parquet' },
  { ending: 'pq', read: 'parquet' },
  { ending: 'arrow', read: 'arrow', written: 'arrow' },
  { ending: 'arrows', read: 'arrow' },
  { ending: 'feather', read: 'arrow', written: 'arrow' },
  { ending: 'ipc', read: 'arrow', written: 'arrow' },
];

/** Endings of compressed files. Nothing is written so. */
export const COMPRESSIONS: readonly { ending: string; program: string; isRead: boolean }[] = [
  { ending: 'gz', program: 'gzip', isRead: true },
  { ending: 'zst', program: 'zstd', isRead: true },
  { ending: 'bz2', program: 'bzip2', isRead: false },
  { ending: 'xz', program: 'xz', isRead: false },
];

/** Formats of data that other tools write, and that a name should not promise here. */
export const OTHER_FORMATS: readonly string[] =
  'avro csv db duckdb h5 hdf hdf5 npy npz ods orc pickle pkl sqlite sqlite3 xls xlsb xlsm xlsx xml yaml yml'.split(' ');
