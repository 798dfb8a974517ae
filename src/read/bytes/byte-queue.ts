/** Bytes that arrive in pieces and are taken in other lengths. Joins pieces only where what is asked for spans them. */
export class ByteQueue {
  #pieces: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The first bytes, as a view; they stay. `undefined` if there are not so many yet. */
  front(length: number): Buffer | undefined {
    if (length > this.#length) return undefined;
    if (length > (this.#pieces[0]?.length ?? 0)) this.#pieces = [Buffer.concat(this.#pieces)];
    return (this.#pieces[0] ?? Buffer.alloc(0)).subarray(0, length);
  }

  /** Passes over the first bytes; fewer if there are not so many. Returns how many. */
  drop(length: number): number {
    let left = Math.min(length, this.#length);
    const dropped = left;
    this.#length -= dropped;
    while (left > 0) left -= this.#dropFromFirst(left);
    return dropped;
  }

  #dropFromFirst(length: number): number {
    const [first] = this.#pieces;
    if (first.length <= length) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(length);
    return Math.min(first.length, length);
  }
}
