/**
 * Yields the items until an output is lost, since later items could not be written. Then it throws at once, without waiting for the next
 * item, which may never come from a terminal. A signal ends the items by itself.
 * @param interrupted aborted by a signal, with its name as the reason, or with the error that says which output was lost
 */
export async function* untilLost<Item>(items: AsyncIterable<Item>, interrupted: AbortSignal): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orLost(iterator.next(), interrupted);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    const end = iterator.return?.();
    // Ending the items after a loss would wait for the item that is being read.
    if (!isLost(interrupted)) await end;
    else end?.catch(() => {});
  }
}

function isLost({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof Error;
}

/** Adds a listener for each item. A single promise for all items would retain memory for each of them. */
async function orLost<Result>(work: Promise<Result>, interrupted: AbortSignal): Promise<Result> {
  let leave = () => {};
  const lost = new Promise<never>((_, reject) => {
    const onAbort = () => {
      if (isLost(interrupted)) reject(interrupted.reason);
    };
    if (interrupted.aborted) return onAbort();
    interrupted.addEventListener('abort', onAbort);
    leave = () => interrupted.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, lost]);
  } finally {
    leave();
  }
}
