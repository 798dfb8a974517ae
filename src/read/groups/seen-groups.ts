import { createHash } from 'node:crypto';
import type { Place } from '../../contracts/errors.js';

const FIRST_SLOTS = 1024;

/**
 * Remembers which groups were there, and where each began: 64 bits of a digest of its key, the line or the position, and the file. That
 * is 40 to 80 bytes a group, whatever its key.
 */
export class SeenGroups {
  readonly #files: string[] = [];
  #digests = new Uint32Array(2 * FIRST_SLOTS);
  /** Line, or position plus 1; 0 for a free slot. Negative for a position. */
  #places = new Float64Array(FIRST_SLOTS);
  #fileOf = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  /** Adds a group. @returns the place of an earlier group with this key, if there is one */
  add(key: string, { file = '', line, record = 0 }: Place): Place | undefined {
    const digest = createHash('sha256').update(key).digest();
    const [low, high] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
    const slot = this.#slotOf(low, high);
    if (this.#places[slot] !== 0) return this.#placeAt(slot);
    if (this.#files.at(-1) !== file) this.#files.push(file);
    this.#set(slot, low, high, line ?? -1 - record, this.#files.length - 1);
    this.#size++;
    if (2 * this.#size > this.#places.length) this.#grow();
    return undefined;
  }

  #placeAt(slot: number): Place {
    const place = this.#places[slot];
    const file = this.#files[this.#fileOf[slot]];
    return { ...(file !== '' && { file }), ...(place > 0 ? { line: place } : { record: -1 - place }) };
  }

  /** The slot of a digest, or the free one where it belongs. */
  #slotOf(low: number, high: number): number {
    const mask = this.#places.length - 1;
    let slot = low & mask;
    while (this.#places[slot] !== 0 && (this.#digests[2 * slot] !== low || this.#digests[2 * slot + 1] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #set(slot: number, low: number, high: number, place: number, file: number): void {
    this.#digests[2 * slot] = low;
    this.#digests[2 * slot + 1] = high;
    this.#places[slot] = place;
    this.#fileOf[slot] = file;
  }

  #grow(): void {
    const [digests, places, files] = [this.#digests, this.#places, this.#fileOf];
    const slots = 2 * places.length;
    this.#digests = new Uint32Array(2 * slots);
    this.#places = new Float64Array(slots);
    this.#fileOf = new Uint32Array(slots);
    for (const [i, place] of places.entries()) {
      if (place === 0) continue;
      const [low, high] = [digests[2 * i], digests[2 * i + 1]];
      this.#set(this.#slotOf(low, high), low, high, place, files[i]);
    }
  }
}
