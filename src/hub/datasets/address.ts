import { StarlingError } from '../../contracts/errors.js';
import { isRevision, REPOSITORY_PART, type Repository } from '../repository.js';

/** A data set on a hub, or files in it. */
export interface DatasetAddress {
  repository: Repository;
  /** A file, a folder or a pattern in the repository; absent for the whole data set. */
  inside?: string;
}

const SCHEME = 'hf://';
const NAME = `${REPOSITORY_PART}/${REPOSITORY_PART}`;
const ADDRESS = new RegExp(`^hf://datasets/(${NAME})(?:@(refs/[^/]+/[^/]+|[^/]+))?(?:/(.*))?$`);
const EXPECTED = 'expected hf://datasets/OWNER/NAME, then perhaps @REVISION and /FILE, /FOLDER or a pattern';

/**
 * Parses `hf://datasets/OWNER/NAME[@REVISION][/INSIDE]`, or the address of a file as the hub's pages show it; `undefined` for anything
 * else. A slash in a revision is written as `%2F`, except in `refs/convert/parquet` and its like.
 * @param endpoint of the hub, without a trailing slash
 * @throws StarlingError E_USAGE if it begins with hf:// and goes on otherwise
 */
export function parseDatasetAddress(text: string, endpoint: string): DatasetAddress | undefined {
  const address = text.startsWith(SCHEME) ? text : fromPage(text, endpoint);
  if (address === undefined) return undefined;
  const [, name, written = 'main', inside = ''] = ADDRESS.exec(address) ?? [];
  const revision = decoded(written);
  if (name === undefined || revision === undefined || !isRevision(revision)) {
    throw new StarlingError('E_USAGE', EXPECTED, { file: text });
  }
  const repository: Repository = { kind: 'dataset', name, revision };
  const path = inside.replace(/\/+$/, '');
  return { repository, ...(path !== '' && { inside: path }) };
}

/** `https://HUB/datasets/OWNER/NAME/resolve/main/FILE` or the like as an address of ours. */
function fromPage(text: string, endpoint: string): string | undefined {
  const start = `${endpoint}/datasets/`;
  if (!text.startsWith(start)) return undefined;
  const [, name, revision, inside] =
    new RegExp(`^(${NAME})/(?:resolve|blob|raw|tree)/([^/?#]+)/?([^?#]*)`).exec(text.slice(start.length)) ?? [];
  return name === undefined ? undefined : `${SCHEME}datasets/${name}@${revision}/${decoded(inside) ?? inside}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
