import { StarlingError } from '../../contracts/errors.js';
import { isDataName } from '../../names/data-names.js';
import { pathMatcher } from '../../names/path-pattern.js';
import type { HubFile } from '../listing.js';
import { type Config, configsIn } from './card.js';
import { splitsByNames } from './splits.js';

/** Which files of a data set are meant. */
export interface FileChoice {
  /** A file, a folder or a pattern. */
  inside?: string;
  config?: string;
  split?: string;
}

/** The files of a data set, as a hub lists them. */
export interface DatasetListing {
  files: readonly HubFile[];
  card: unknown;
}

export interface ChosenFiles {
  /** Sorted by name. */
  files: HubFile[];
  /** The configuration and split that were taken, for people; absent if the files were named. */
  part?: string;
}

/** Files that describe a data set, or are hidden. */
const NO_DATA = /(^|\/)(\.|__|(README\.md|config\.json|dataset_infos?\.json|dataset_dict\.json|state\.json)$)/;

const MOST_NAMED = 8;

/**
 * Chooses the files: those that were named, or else those of one configuration and split. These are what the card says, or else what the
 * names of the files tell. Of several formats of one split, that of most files is taken.
 * @param where the data set, for errors
 * @throws StarlingError E_NO_INPUT if nothing is there; E_USAGE if a configuration or a split is to be chosen
 */
export function chosenFiles({ files, card }: DatasetListing, choice: FileChoice, where: string): ChosenFiles {
  const data = files.filter(({ path }) => isDataName(path) && !NO_DATA.test(path)).sort(byPath);
  if (choice.inside !== undefined) return { files: inside(files, data, choice.inside, where) };
  const config = configOf(configsIn(card), choice.config, where);
  const splits = splitsOf(
    config,
    data.map(({ path }) => path),
  );
  const split = splitOf(splits, choice.split, where);
  const isIn = new Set(split === undefined ? [] : splits.get(split));
  const taken = ofMostFormat(data.filter(({ path }) => isIn.has(path)));
  if (taken.length === 0) throw nothing('it has no files that can be read', files, where);
  return { files: taken, part: `${config === undefined ? '' : `configuration ${config.name}, `}split ${split}` };
}

function inside(files: readonly HubFile[], data: readonly HubFile[], path: string, where: string): HubFile[] {
  const file = files.find((one) => one.path === path);
  if (file !== undefined) return [file];
  const below = data.filter((one) => one.path.startsWith(`${path}/`));
  if (below.length > 0) return below;
  const isMatch = pathMatcher(path);
  const matching = data.filter((one) => isMatch(one.path));
  if (matching.length > 0) return matching;
  throw nothing(`it has no file, folder or files of rows ${path}`, files, where);
}

function configOf(configs: readonly Config[], wanted: string | undefined, where: string): Config | undefined {
  const names = configs.map(({ name }) => name).join(', ');
  if (wanted !== undefined) {
    const found = configs.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    const has = configs.length === 0 ? 'its card names none' : `its card names ${names}`;
    throw new StarlingError('E_USAGE', `this data set has no configuration ${wanted}; ${has}`, { file: where });
  }
  if (configs.length <= 1) return configs[0];
  const found = configs.find(({ isDefault }) => isDefault);
  if (found !== undefined) return found;
  throw new StarlingError('E_USAGE', `this data set has several configurations; choose one with --config: ${names}`, {
    file: where,
  });
}

/** Paths by split. */
function splitsOf(config: Config | undefined, paths: readonly string[]): Map<string, string[]> {
  const { folder = '', splits } = config ?? {};
  const within = folder === '' ? paths : paths.filter((path) => path.startsWith(`${folder}/`));
  if (splits === undefined) return splitsByNames(within);
  const found = [...splits].map(([split, patterns]): [string, string[]] => {
    const tests = patterns.map((pattern) => pathMatcher(folder === '' ? pattern : `${folder}/${pattern}`));
    return [split, within.filter((path) => tests.some((isMatch) => isMatch(path)))];
  });
  return new Map(found.filter(([, some]) => some.length > 0));
}

function splitOf(splits: ReadonlyMap<string, unknown>, wanted: string | undefined, where: string): string | undefined {
  const names = [...splits.keys()];
  if (wanted !== undefined && !splits.has(wanted)) {
    throw new StarlingError('E_USAGE', `this data set has no split ${wanted}; it has ${names.join(', ')}`, {
      file: where,
    });
  }
  if (wanted !== undefined) return wanted;
  if (names.length <= 1) return names[0];
  const message = `this data set has several splits; choose one with --split: ${names.join(', ')}`;
  throw new StarlingError('E_USAGE', message, { file: where });
}

/** The files of the format that most files have. The same rows often lie there in several formats. */
function ofMostFormat(files: readonly HubFile[]): HubFile[] {
  const endingOf = ({ path }: HubFile) => path.slice(path.lastIndexOf('.'));
  const formats = [...new Set(files.map(endingOf))].map((ending) => files.filter((file) => endingOf(file) === ending));
  const [most = []] = formats.sort((a, b) => b.length - a.length);
  return most;
}

function nothing(problem: string, files: readonly HubFile[], where: string): StarlingError {
  const names = files.map(({ path }) => path).filter((path) => !NO_DATA.test(path));
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const has = names.length === 0 ? 'no files' : `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  return new StarlingError('E_NO_INPUT', `${problem}; this data set has ${has}`, { file: where });
}

function byPath(a: HubFile, b: HubFile): number {
  return a.path < b.path ? -1 : 1;
}
