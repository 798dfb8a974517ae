import { Buffer } from 'node:buffer';
import { clusters } from './clusters.js';

/** Most UTF-8 bytes of a cluster that is looked up as a whole. */
const SHORT = 5;

/**
 * The `Precompiled` normalizer: SentencePiece's replacements for characters, in a trie of UTF-8 bytes. A grapheme cluster (a letter and its
 * marks) of up to five bytes is replaced by the entry of its shortest prefix in the trie. In other clusters each character is replaced by
 * its own entry. @huggingface/tokenizers only approximates this.
 * Sources: tokenizers, crate spm_precompiled; SentencePiece, normalizer.cc; Darts-clone for the units of the trie.
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #texts: Buffer;
  /** The replacement of each ASCII character. */
  readonly #ascii: readonly string[];

  /**
   * Reads a character map.
   * @param bytes length of the trie in bytes (uint32), the trie, and the replacements, each ending with NUL
   * @returns undefined if the bytes have another format
   */
  static read(bytes: Buffer): Charsmap | undefined {
    const length = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
    if (length === 0 || length % 4 !== 0 || bytes.length < 4 + length) return undefined;
    return new Charsmap(
      Uint32Array.from({ length: length / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i)),
      bytes.subarray(4 + length),
    );
  }

  private constructor(units: Uint32Array, texts: Buffer) {
    this.#units = units;
    this.#texts = texts;
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    this.#ascii = ascii.map((character) => this.#find(character) ?? character);
  }

  normalized(text: string): string {
    let whole = '';
    for (const cluster of clusters(text)) whole += this.#of(cluster);
    return whole;
  }

  #of(cluster: string): string {
    const code = cluster.charCodeAt(0);
    if (cluster.length === 1 && code < 128) return this.#ascii[code];
    const found = Buffer.byteLength(cluster) <= SHORT ? this.#find(cluster) : undefined;
    return found ?? Array.from(cluster, (character) => this.#find(character) ?? character).join('');
  }

  /** The replacement of the shortest prefix of these characters that is in the trie. */
  #find(characters: string): string | undefined {
    let node = offsetOf(this.#units[0]);
    for (const byte of Buffer.from(characters)) {
      // NUL terminates the keys of the trie, so no key contains it.
      if (byte === 0) return undefined;
      node ^= byte;
      const unit = this.#units[node] ?? 0;
      if ((unit & 0x800000ff) !== byte) return undefined;
      node ^= offsetOf(unit);
      if ((unit & 0x100) !== 0) return this.#text(this.#units[node] & 0x7fffffff);
    }
    return undefined;
  }

  #text(start: number): string {
    const end = this.#texts.indexOf(0, start);
    return this.#texts.toString('utf8', start, end < 0 ? undefined : end);
  }
}

/** The child of a node for a byte is at the node's index XOR this offset XOR the byte. */
function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
