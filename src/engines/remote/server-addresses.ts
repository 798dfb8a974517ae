import { readFile } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';

/** The addresses in `URL[,URL…]`. @throws StarlingError E_USAGE */
export function serverAddresses(text: string): URL[] {
  const addresses = text.split(',').map((one) => addressOf(one.trim()));
  if (new Set(addresses.map(({ href }) => href)).size < addresses.length)
    throw new StarlingError('E_USAGE', `--engine names a server twice: ${text}`);
  return addresses;
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.search + url.hash === '';
  if (!isPlain) throw new StarlingError('E_USAGE', `expected addresses such as http://127.0.0.1:8000, found "${text}"`);
  if (url.username + url.password !== '') {
    const remedy = 'give it with --engine-key-file FILE or in VLLM_API_KEY';
    throw new StarlingError('E_USAGE', `an address of --engine holds a password, which would be shown; ${remedy}`);
  }
  // The base of vLLM's other endpoints, which people have at hand.
  url.pathname = url.pathname.replace(/\/(v1\/?)?$/, '');
  return url;
}

/** An address for people, without the slash at its end. */
export function shownAddress({ href }: URL): string {
  return href.replace(/\/$/, '');
}

/**
 * The key of the servers: the content of the file, else the variable that vLLM itself reads.
 * @throws StarlingError E_NO_INPUT, E_USAGE. Messages never contain the key
 */
export async function serverKey(file: string | undefined, variables: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (file === undefined) return checkedKey(variables.VLLM_API_KEY, 'VLLM_API_KEY');
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new StarlingError('E_NO_INPUT', `the key cannot be read: ${cause.message}`, { file }, cause);
  });
  const key = checkedKey(text, file);
  if (key === undefined) throw new StarlingError('E_USAGE', 'this file has no key in it', { file });
  return key;
}

function checkedKey(text: string | undefined, from: string): string | undefined {
  const key = text?.trim();
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new StarlingError('E_USAGE', `the key in ${from} has characters that no HTTP header can carry`);
}
