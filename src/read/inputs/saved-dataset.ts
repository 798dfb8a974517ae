import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';

/**
 * What `save_to_disk` of Hugging Face's datasets leaves: a `DatasetDict` has `dataset_dict.json` and a folder a split, a `Dataset`
 * Arrow files and `state.json`, which lists them. What `map` and `filter` cache beside them are no rows of it.
 * Source: huggingface/datasets, arrow_dataset.py and dataset_dict.py.
 */
export interface SavedDataset {
  /** Names of its files of rows. */
  files: ReadonlySet<string>;
  /** The folder of its only split. */
  split?: string;
}

const DICT = 'dataset_dict.json';
const STATE = 'state.json';
/** The files that describe a saved dataset. */
export const DESCRIPTIONS: ReadonlySet<string> = new Set([DICT, STATE, 'dataset_info.json']);

/**
 * What a folder is, if it is a saved dataset.
 * @throws StarlingError E_NO_INPUT if it has several splits, or picks its rows by an index
 */
export async function savedDataset(folder: string): Promise<SavedDataset | undefined> {
  const splits = namesIn((await described(folder, DICT))?.splits, (split) => split);
  if (splits !== undefined) return { files: new Set(), split: join(folder, onlySplit(splits, folder)) };
  const state = await described(folder, STATE);
  const files = namesIn(state?._data_files, (file) => isObject(file) && file.filename);
  if (files === undefined) return undefined;
  if (Array.isArray(state?._indices_data_files) && state._indices_data_files.length > 0) throw indexed(folder);
  return { files: new Set(files) };
}

/** The object in a file, if it is there and is one. */
async function described(folder: string, name: string): Promise<JsonObject | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Names of what lies in the folder itself. */
function namesIn(list: unknown, nameOf: (item: unknown) => unknown): string[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const names = list.map(nameOf).filter((name): name is string => typeof name === 'string' && name === basename(name));
  return names.length === list.length ? names : undefined;
}

function onlySplit(splits: readonly string[], folder: string): string {
  if (splits.length === 1) return splits[0];
  const message = `this is a saved DatasetDict with the splits ${splits.join(', ')}, expected one split; name it, as ${join(folder, splits[0])}`;
  throw new StarlingError('E_NO_INPUT', message, { file: folder });
}

function indexed(folder: string): StarlingError {
  const message =
    'an older version of datasets saved this with an index that picks its rows, which is not read; load it with datasets and save it again';
  return new StarlingError('E_NO_INPUT', message, { file: folder });
}
