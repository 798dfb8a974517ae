/**
 * The items until an output is lost: what still comes could not be written. Then this throws at once, without waiting for the next item,
 * which may take as long as an input on a terminal does. A signal ends the items by itself.
 * @param interrupted aborted by a signal, with its name as the reason, or with the error that says what was lost
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
    // It would wait for the item that is on its way.
    if (!isLost(interrupted)) await end;
    else end?.catch(() => {});
  }
}

function isLost({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof Error;
}

/** A listener for each item, and not one promise for all, which would hold on to something for each. */
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
