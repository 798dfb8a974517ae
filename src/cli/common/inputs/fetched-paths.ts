import { StarlingError } from '../../../contracts/errors.js';
import { parseDatasetAddress } from '../../../hub/datasets/address.js';
import { loadDataset } from '../../../hub/datasets/load-dataset.js';
import { hubEnvironment } from '../../../hub/environment.js';
import { isWebAddress, loadFile } from '../../../hub/web/web-file.js';
import type { FetchedFile } from '../../../read/inputs/inputs.js';
import type { Console } from '../console/console.js';
import { openDownloadProgress } from '../progress/download-progress.js';

/** Which part of a data set on the hub is meant. */
interface Part {
  config?: string;
  split?: string;
}

/**
 * Replaces the addresses among the inputs, `hf://…` and `https://…`, by their files in the cache, which are loaded first.
 * Without an address nothing uses the network.
 * @throws StarlingError as `loadDataset` and `loadFile`; E_USAGE if `part` has no effect
 */
export async function fetchedPaths(
  paths: readonly string[],
  part: Part,
  console: Console,
  interrupted: AbortSignal,
): Promise<(string | FetchedFile)[]> {
  const isAddress = (path: string) => path.startsWith('hf://') || isWebAddress(path);
  if (!paths.some(isAddress)) {
    refuseWithout(part, () => false);
    return [...paths];
  }
  const fetcher = new Fetcher(part, console, interrupted);
  const found: (string | FetchedFile)[][] = [];
  for (const path of paths) found.push(isAddress(path) ? await fetcher.fetch(path) : [path]);
  refuseWithout(part, () => fetcher.hasChosen);
  return found.flat();
}

function refuseWithout({ config, split }: Part, hasChosen: () => boolean): void {
  const flag = config !== undefined ? '--config' : split !== undefined ? '--split' : undefined;
  if (flag === undefined || hasChosen()) return;
  const problem = `${flag} chooses a part of a data set on the hub; give hf://datasets/OWNER/NAME as an input`;
  throw new StarlingError('E_USAGE', problem);
}

class Fetcher {
  readonly #part: Part;
  readonly #console: Console;
  readonly #interrupted: AbortSignal;
  readonly #environment = hubEnvironment(process.env);
  /** Whether a configuration and a split were chosen for an input. */
  hasChosen = false;

  constructor(part: Part, console: Console, interrupted: AbortSignal) {
    this.#part = part;
    this.#console = console;
    this.#interrupted = interrupted;
  }

  async fetch(path: string): Promise<FetchedFile[]> {
    const { total: onTotal, read: onBytes, end } = openDownloadProgress(this.#console);
    const onStep = (line: string) => this.#console.tell(line);
    const options = { onStep, onTotal, onBytes, interrupted: this.#interrupted };
    try {
      const address = parseDatasetAddress(path, this.#environment.endpoint);
      if (address === undefined) return [await loadFile(path, this.#environment, options)];
      if (address.inside === undefined) this.hasChosen = true;
      const { files, bytes, where, part } = await loadDataset(address, this.#part, this.#environment, options);
      const count = files.length === 1 ? '1 file' : `${files.length} files`;
      const what = part === undefined ? count : `${part}, ${count}`;
      const facts = { repository: where, part, files: files.length, bytes };
      this.#console.tell(`${path} is ${where}: ${what}`, { event: 'dataset', ...facts });
      return files;
    } finally {
      end();
    }
  }
}
