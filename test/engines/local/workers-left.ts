import type { Worker } from 'node:worker_threads';

/** The worker threads that were started since and have not ended. Called before the first of them is. */
export function workersLeft(): ReadonlySet<Worker> {
  const left = new Set<Worker>();
  process.on('worker', (worker: Worker) => {
    left.add(worker);
    worker.once('exit', () => left.delete(worker));
  });
  return left;
}
