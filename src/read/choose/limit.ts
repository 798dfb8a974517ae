/** The first `most` items. Later items are not read. */
export async function* limit<Item>(items: AsyncIterable<Item>, most: number | undefined): AsyncGenerator<Item> {
  if (most === 0) return;
  let count = 0;
  for await (const item of items) {
    yield item;
    if (++count === most) return;
  }
}
