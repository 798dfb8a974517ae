/** A queue of bytes that arrive in pieces and are taken in other lengths. Pieces are joined only if a read spans them. */
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

  /** A view of the first bytes, which stay in the queue. `undefined` if there are fewer. */
  front(length: number): Buffer | undefined {
    if (length > this.#length) return undefined;
    if (length > (this.#pieces[0]?.length ?? 0)) this.#pieces = [Buffer.concat(this.#pieces)];
    return (this.#pieces[0] ?? Buffer.alloc(0)).subarray(0, length);
  }

  /** Removes the first `length` bytes, or all if there are fewer. @returns the number of removed bytes */
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
