import { createHash } from 'node:crypto';
import { fileBytesIfAny, type ReadText, textOf } from '../json/file-text.js';
import { sha256 } from './files.js';

/** How the files of a model folder are read. */
export interface FileReader {
  /** The text of a file as `fileTextIfAny` gives it. */
  text: ReadText;
  /** SHA-256 of a file in hex. @throws Error if it cannot be read or is not a regular file */
  sha256(file: string): Promise<string>;
}

/** Files with settings, a tokenizer or a template. Others hold weights and are too large to keep. */
const KEPT = /\.(json|jinja)$/;

/** Reads each file once, for several readers: the bytes of small files are kept, and the digests of all. */
export class KeptFiles implements FileReader {
  /** Bytes by path; `undefined` for absent files. */
  readonly #bytes = new Map<string, Uint8Array | undefined>();
  readonly #digests = new Map<string, string>();

  /** The bytes of the small files that were read, by path. */
  get bytes(): ReadonlyMap<string, Uint8Array | undefined> {
    return this.#bytes;
  }

  readonly text: ReadText = async (file) => {
    const bytes = await this.#read(file);
    return bytes && textOf(bytes);
  };

  async sha256(file: string): Promise<string> {
    const digest = this.#digests.get(file) ?? (await this.#digestOf(file));
    this.#digests.set(file, digest);
    return digest;
  }

  async #digestOf(file: string): Promise<string> {
    if (!KEPT.test(file)) return sha256(file);
    const bytes = await this.#read(file);
    if (bytes === undefined) throw new Error('this file is absent');
    return createHash('sha256').update(bytes).digest('hex');
  }

  async #read(file: string): Promise<Uint8Array | undefined> {
    if (!this.#bytes.has(file)) this.#bytes.set(file, await fileBytesIfAny(file));
    return this.#bytes.get(file);
  }
}
