import { Worker, type WorkerOptions } from 'node:worker_threads';
import { roomForWorker } from './address-space.js';

/** Workers that are not online yet. */
let starting = 0;

/** Bytes of address space in use once they are online. */
let promised = 0;

/**
 * Starts a worker thread. Without enough address space V8 would abort the whole process, so an error is thrown instead.
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
