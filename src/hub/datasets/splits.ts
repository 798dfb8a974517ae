/** Words in names of files and folders that tell a split, as `datasets` reads them. */
const WORDS: readonly { split: string; words: readonly string[] }[] = [
  { split: 'train', words: ['train', 'training'] },
  { split: 'validation', words: ['validation', 'valid', 'val', 'dev'] },
  { split: 'test', words: ['test', 'testing', 'eval', 'evaluation'] },
];

/** What may stand between a split's name and the rest of a path. */
const BETWEEN = '[-._ 0-9/]';

/** A shard as `push_to_hub` writes it. */
const SHARD = /^(?:.*\/)?data\/([\w.-]+?)-\d{5}-of-\d{5}(?:-[0-9a-f]+)?\./;

/** All files of a data set whose names tell no split. */
const ALL = 'train';

/**
 * The splits of a data set whose card does not say them, by the names of its files: shards `data/SPLIT-00000-of-00001.*` first, then
 * words such as `train` and `test` in names or folders. If neither tells a split, all files are `train`.
 * Source: https://huggingface.co/docs/datasets/repository_structure
 */
export function splitsByNames(paths: readonly string[]): Map<string, string[]> {
  const shards = grouped(paths, (path) => SHARD.exec(path)?.[1]);
  if (shards.size > 0) return shards;
  const named = grouped(paths, (path) => WORDS.find(({ words }) => words.some((word) => hasWord(path, word)))?.split);
  return named.size > 0 ? named : new Map([[ALL, [...paths]]]);
}

/** Paths for which no split is found are left out. */
function grouped(paths: readonly string[], splitOf: (path: string) => string | undefined): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of paths) {
    const split = splitOf(path);
    if (split !== undefined) found.set(split, [...(found.get(split) ?? []), path]);
  }
  return found;
}

function hasWord(path: string, word: string): boolean {
  return new RegExp(`(^|${BETWEEN})${word}($|${BETWEEN})`, 'i').test(path);
}
