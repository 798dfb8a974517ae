/** Holds the start of a line whose end has not arrived. The buffer doubles, so that appending many small pieces takes linear time. */
export class HeldBytes {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) this.#grow(length);
    bytes.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  /** Removes and returns the held bytes, as a view that the next `append` overwrites. */
  take(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
