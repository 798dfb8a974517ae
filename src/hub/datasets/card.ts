import { isObject } from '../../json/json-object.js';

/** A configuration that the card of a data set names. */
export interface Config {
  name: string;
  isDefault: boolean;
  /** Patterns of files by split; absent if the card leaves the files to their names. */
  splits?: Map<string, string[]>;
  /** The folder that the configuration's files are in; empty for the whole repository. */
  folder: string;
}

/** The split of files that the card lists without one. */
const ONLY_SPLIT = 'train';

/**
 * The configurations that a card lists under `configs`; empty if it lists none. What is not a configuration is left out, as the card is
 * written by hand. Source: https://huggingface.co/docs/hub/datasets-manual-configuration
 */
export function configsIn(card: unknown): Config[] {
  const listed = isObject(card) && Array.isArray(card.configs) ? card.configs : [];
  return listed.filter(isObject).flatMap((config) => {
    const { config_name: name, data_files: files, data_dir: folder } = config;
    if (typeof name !== 'string') return [];
    const splits = splitsIn(files);
    return [
      {
        name,
        isDefault: config.default === true || name === 'default',
        ...(splits.size > 0 && { splits }),
        folder: typeof folder === 'string' ? folder.replace(/^\.?\/+|\/+$/g, '') : '',
      },
    ];
  });
}

/** `data_files` is a pattern, a list of them, a list of `{split, path}`, or an object of patterns by split. */
function splitsIn(files: unknown): Map<string, string[]> {
  const splits = new Map<string, string[]>();
  const add = (split: unknown, paths: unknown) => {
    const patterns = textsIn(paths);
    if (typeof split === 'string' && patterns.length > 0)
      splits.set(split, [...(splits.get(split) ?? []), ...patterns]);
  };
  if (isObject(files)) for (const [split, paths] of Object.entries(files)) add(split, paths);
  else if (Array.isArray(files) && files.some(isObject)) {
    for (const file of files.filter(isObject)) add(file.split, file.path);
  } else add(ONLY_SPLIT, files);
  return splits;
}

function textsIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string').map((path) => path.replace(/^\.?\/+/, ''));
}
