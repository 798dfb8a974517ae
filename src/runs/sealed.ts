import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { sha256 } from '../model/files.js';

/** How many bytes a file has, or were sent to a pipe, and their SHA-256 in hex. */
export interface Sealed {
  bytes: number;
  sha256: string;
}

/** @throws Error of the system */
export async function sealedFile(path: string): Promise<Sealed> {
  const { size } = await stat(path);
  return { bytes: size, sha256: await sha256(path) };
}

/** Seals what is sent somewhere whence it cannot be read again. */
export class SentBytes {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  add(data: string | Uint8Array): void {
    this.#hash.update(data);
    this.#bytes += typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  }

  /** Called once, when all is sent. */
  sealed(): Sealed {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
