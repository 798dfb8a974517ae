import { Worker, type WorkerOptions } from 'node:worker_threads';
import { roomForWorker } from './address-space.js';

/** Workers that were started and have not begun. */
let starting = 0;

/** Bytes of the address space that will be in use when they have. */
let promised = 0;

/**
 * Starts a worker thread, unless there is no address space for it: V8 would abort the whole process.
 * @throws StarlingError E_RESOURCES
 */
export function startWorker(module: URL, options: WorkerOptions): Worker {
  promised = roomForWorker(starting > 0 ? promised : 0);
  const worker = new Worker(module, options);
  starting++;
  const begun = () => {
    starting--;
    worker.off('online', begun).off('exit', begun);
  };
  worker.on('online', begun).on('exit', begun);
  return worker;
}
