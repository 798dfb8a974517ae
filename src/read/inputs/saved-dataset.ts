import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';

/**
 * A folder that `save_to_disk` of Hugging Face's datasets wrote. A `DatasetDict` has `dataset_dict.json` and a folder for each split. A
 * `Dataset` has Arrow files and `state.json`, which lists them. Caches of `map` and `filter` beside them are not part of the dataset.
 * Source: huggingface/datasets, arrow_dataset.py and dataset_dict.py.
 */
export interface SavedDataset {
  /** Names of the files with rows. */
  files: ReadonlySet<string>;
  /** The folder of its only split. */
  split?: string;
}

const DICT = 'dataset_dict.json';
const STATE = 'state.json';
/** The files that describe a saved dataset. */
export const DESCRIPTIONS: ReadonlySet<string> = new Set([DICT, STATE, 'dataset_info.json']);

/**
 * The saved dataset in a folder; `undefined` if it is not one.
 * @throws StarlingError E_NO_INPUT if it has several splits, or selects rows by an index
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

/** The JSON object in a file; `undefined` if there is none. */
async function described(folder: string, name: string): Promise<JsonObject | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The names in a list; `undefined` if one of them is not a plain file name in the folder. */
function namesIn(list: unknown, nameOf: (item: unknown) => unknown): string[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const names = list.map(nameOf).filter((name): name is string => typeof name === 'string' && name === basename(name));
  return names.length === list.length ? names : undefined;
}

function onlySplit(splits: readonly string[], folder: string): string {
  if (splits.length === 1) return splits[0];
  const message = `this is a saved DatasetDict with the splits ${splits.join(', ')}, expected one split; name it, for example ${join(folder, splits[0])}`;
  throw new StarlingError('E_NO_INPUT', message, { file: folder });
}

function indexed(folder: string): StarlingError {
  const message =
    'an older version of datasets saved this with an index of rows, which is not supported; load it with datasets and save it again';
  return new StarlingError('E_NO_INPUT', message, { file: folder });
}
