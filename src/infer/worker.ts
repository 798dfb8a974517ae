import { parentPort, workerData } from 'node:worker_threads';
import type { Device, Plan } from '../types.js';
import { RewardSession } from './session.js';

/** What a worker is started with. */
export interface WorkerStart {
  graph: string;
  threads: number;
  device: Device;
  /** Not 0 once nothing more is wanted. */
  closing: Int32Array;
}

/** `null` ends the worker. */
export type ToWorker = { job: number; plan: Plan } | null;

/** The first message has no job: the model is loaded. A message with `problem` tells why a job, or loading, failed. */
export type FromWorker = { job?: number; rewards?: Float32Array; problem?: string };

/** Loads the model, then runs plans one after the other until `null` comes. */
async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  const { graph, threads, device, closing } = workerData as WorkerStart;
  const isClosing = () => Atomics.load(closing, 0) !== 0;
  const session = await RewardSession.open(graph, threads, device);
  const tell = (message: FromWorker) => port.postMessage(message);
  let queue = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    queue = queue.then(async () => {
      if (message === null) {
        await session.close();
        port.close();
        return;
      }
      const { job, plan } = message;
      await session.score(plan, isClosing).then(
        (rewards) => tell({ job, rewards }),
        (error: Error) => tell({ job, problem: error.message }),
      );
    });
  });
  tell({});
}

if (parentPort) await work(parentPort).catch((error: Error) => parentPort?.postMessage({ problem: error.message }));
