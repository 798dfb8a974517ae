/** Gathers data, so that many small pieces need few writes. */
export class Batch {
  readonly #write: (data: Uint8Array) => Promise<void>;
  readonly #leastBytes: number;
  #held: Uint8Array[] = [];
  #bytes = 0;

  /** @param leastBytes that are written at a time; 0 writes each piece at once */
  constructor(write: (data: Uint8Array) => Promise<void>, leastBytes: number) {
    this.#write = write;
    this.#leastBytes = leastBytes;
  }

  async add(data: string | Uint8Array): Promise<void> {
    const piece = typeof data === 'string' ? Buffer.from(data) : data;
    this.#held.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes >= this.#leastBytes) await this.flush();
  }

  /** Writes what is held. Called before the end. */
  async flush(): Promise<void> {
    if (this.#held.length === 0) return;
    const data = this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#bytes = 0;
    await this.#write(data);
  }
}
