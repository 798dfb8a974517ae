import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { sha256 } from '../model/files.js';

/** Size in bytes and SHA-256 in hex, of a file or of the data that was sent to a pipe. */
export interface Sealed {
  bytes: number;
  sha256: string;
}

/** @throws Error of the system */
export async function sealedFile(path: string): Promise<Sealed> {
  const { size } = await stat(path);
  return { bytes: size, sha256: await sha256(path) };
}

/** Whether a file that is there has this size and digest. @param interrupted ends the reading of the file, as if it had another digest */
export async function isSealed(
  path: string,
  { bytes, sha256: digest }: Sealed,
  interrupted?: AbortSignal,
): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== bytes) return false;
  return (await sha256(path, interrupted).catch(() => undefined)) === digest;
}

/** Counts and hashes data on its way to a pipe or a device, from which it cannot be read again. */
export class SentBytes {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  add(data: string | Uint8Array): void {
    this.#hash.update(data);
    this.#bytes += typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  }

  /** Called once, after everything was sent. */
  sealed(): Sealed {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
