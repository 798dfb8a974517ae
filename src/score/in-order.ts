/**
 * Starts `work` on each item as soon as it arrives, at most `ahead` items beyond the awaited one, and yields the results in item order.
 * A result is yielded as soon as it and all before it are ready, even while the next item is still awaited.
 * When the consumer stops early, `stop` is called, so that a source that waits for input ends.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  ahead: number,
  stop: () => void,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  let changed = signal();
  let finished = false;
  const notify = () => {
    changed.resolve();
    changed = signal();
  };
  const source = (async () => {
    for await (const item of items) {
      if (finished) return;
      const result = work(item);
      // The result is awaited in its turn; until then a failure must not count as unhandled.
      result.catch(() => {});
      started.push(result);
      notify();
      while (started.length > ahead && !finished) await changed.promise;
    }
  })();
  const end = source.finally(() => {
    finished = true;
    notify();
  });
  end.catch(() => {});
  try {
    for (;;) {
      while (started.length === 0 && !finished) await changed.promise;
      if (started.length === 0) break;
      yield await started[0];
      started.shift();
      notify();
    }
    await end;
  } finally {
    finished = true;
    notify();
    stop();
    await end.catch(() => {});
  }
}

function signal() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
