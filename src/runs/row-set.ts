const FIRST_BYTES = 1024;
const BITS = 8;

/** A set of whole numbers from 0 as a bitmap, one bit a number: 12 MB for a hundred million rows. */
export class RowSet {
  #bits = new Uint8Array(FIRST_BYTES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(row: number): boolean {
    const byte = Math.floor(row / BITS);
    return byte < this.#bits.length && (this.#bits[byte] & (1 << (row % BITS))) !== 0;
  }

  add(row: number): void {
    if (this.has(row)) return;
    const byte = Math.floor(row / BITS);
    if (byte >= this.#bits.length) this.#grow(byte + 1);
    this.#bits[byte] |= 1 << (row % BITS);
    this.#size++;
  }

  #grow(least: number): void {
    const bits = new Uint8Array(Math.max(least, 2 * this.#bits.length));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
