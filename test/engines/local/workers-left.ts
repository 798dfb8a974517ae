import type { Worker } from 'node:worker_threads';

/** The worker threads that start after this call and have not ended. */
export function workersLeft(): ReadonlySet<Worker> {
  const left = new Set<Worker>();
  process.on('worker', (worker: Worker) => {
    left.add(worker);
    worker.once('exit', () => left.delete(worker));
  });
  return left;
}
