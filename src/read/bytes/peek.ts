/** The first bytes of some pieces, and all of the pieces. */
export interface Peeked {
  head: Buffer;
  /** All pieces, also those of `head`; to be read once. Leaving early closes the source. */
  whole: AsyncGenerator<Buffer>;
}

/** Reads pieces until `isEnough` accepts their bytes, or until they end. */
export async function peek(pieces: AsyncIterable<Buffer>, isEnough: (head: Buffer) => boolean): Promise<Peeked> {
  const source = pieces[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (!isEnough(head)) {
    const { done, value } = await source.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return { head, whole: continued(head, source) };
}

async function* continued(head: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (;;) {
      const { done, value } = await source.next();
      if (done) return;
      yield value;
    }
  } finally {
    await source.return?.();
  }
}
