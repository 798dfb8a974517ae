import { parentPort, workerData } from 'node:worker_threads';
import { StarlingError } from '../../contracts/errors.js';
import type { ErrorCode } from '../../contracts/exit-codes.js';
import type { ExternalGraph } from '../../model/graph-contract.js';
import type { Device } from './device.js';
import { ExternalSession } from './external-session.js';
import type { Plan } from './plan/plan-types.js';
import { RewardSession } from './session.js';

/** Start data of a worker. */
export interface EngineWorkerStart {
  graph: string;
  threads: number;
  device: Device;
  /** Absent for a graph that `convert` made. */
  external?: ExternalGraph;
  /** Not 0 once the pool is closing. */
  closing: Int32Array;
}

/** `null` ends the worker. */
export type ToEngineWorker = { job: number; plan: Plan } | null;

/**
 * The first message has no job: the model is loaded, and `note` is a note for users. A message with `problem` says why a job, or loading,
 * failed; `code` is set unless the runtime failed.
 */
export type FromEngineWorker = {
  job?: number;
  rewards?: Float32Array;
  note?: string;
  problem?: string;
  code?: ErrorCode;
};

/** Loads the model, then runs plans in order until it receives `null`. */
async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  const { graph, threads, device, external, closing } = workerData as EngineWorkerStart;
  const isClosing = () => Atomics.load(closing, 0) !== 0;
  const session = external
    ? await ExternalSession.open(graph, threads, device, external)
    : await RewardSession.open(graph, threads, device);
  const tell = (message: FromEngineWorker) => port.postMessage(message);
  let queue = Promise.resolve();
  port.on('message', (message: ToEngineWorker) => {
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
  tell('note' in session ? { note: session.note } : {});
}

if (parentPort) {
  await work(parentPort).catch((error: Error) => {
    const code = error instanceof StarlingError ? error.code : undefined;
    parentPort?.postMessage({ problem: error.message, code } satisfies FromEngineWorker);
  });
}
