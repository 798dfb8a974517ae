/** A file name ending and the formats that it stands for. */
export interface FileEnding {
  /** Lower case, without the dot. */
  ending: string;
  /** Input format; absent if such files are not read. `text` is JSON, as lines or one array. */
  read?: 'text' | 'csv' | 'tsv' | 'parquet' | 'arrow';
  /** Format of rankings in a file with this ending; absent if the ending selects none. */
  written?: 'csv' | 'tsv' | 'parquet' | 'arrow';
}

export const FILE_ENDINGS: readonly FileEnding[] = [
  { ending: 'jsonl', read: 'text' },
  { ending: 'ndjson', read: 'text' },
  { ending: 'json', read: 'text' },
  { ending: 'csv', read: 'csv', written: 'csv' },
  { ending: 'tsv', read: 'tsv', written: 'tsv' },
  { ending: 'parquet', read: 'parquet', written: 'parquet' },
  { ending: 'parq', read: 'parquet' },
  { ending: 'pq', read: 'parquet' },
  { ending: 'arrow', read: 'arrow', written: 'arrow' },
  { ending: 'arrows', read: 'arrow' },
  { ending: 'feather', read: 'arrow', written: 'arrow' },
  { ending: 'ipc', read: 'arrow', written: 'arrow' },
];

/** Endings of compressed files. Output is never compressed. */
export const COMPRESSIONS: readonly { ending: string; program: string; isRead: boolean }[] = [
  { ending: 'gz', program: 'gzip', isRead: true },
  { ending: 'zst', program: 'zstd', isRead: true },
  { ending: 'bz2', program: 'bzip2', isRead: false },
  { ending: 'xz', program: 'xz', isRead: false },
];

/** Endings of other data formats. Output files must not have them, as their content would be of another format. */
export const OTHER_FORMATS: readonly string[] =
  'avro db duckdb h5 hdf hdf5 npy npz ods orc pickle pkl sqlite sqlite3 xls xlsb xlsm xlsx xml yaml yml'.split(' ');
