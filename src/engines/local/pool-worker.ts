import type { ResourceLimits, Worker } from 'node:worker_threads';
import { RowError, StarlingError } from '../../contracts/errors.js';
import { startWorker } from '../../threads/start-worker.js';
import { carriedLength } from './plan/common-prefix.js';
import type { TaskShare } from './task.js';
import type { EngineWorkerStart, FromEngineWorker, ToEngineWorker } from './worker.js';

type ModelOfWorker = Omit<EngineWorkerStart, 'closing'>;

/** What a pool does when something happens to one of its workers. */
export interface PoolWorkerEvents {
  onComputed(): void;
  onRoom(): void;
  /** The worker has stopped, and can be started again. Not called for one that never loaded the model. */
  onLost(shares: readonly TaskShare[], error: StarlingError): void;
}

/** One worker thread and its queued shares. It can be started again after it has stopped. */
export class PoolWorker {
  readonly #model: ModelOfWorker;
  readonly #heap: ResourceLimits;
  readonly #events: PoolWorkerEvents;
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  /** Shared with the worker. Not 0 once the worker should drop its shares, including the running one. */
  readonly #closing = new Int32Array(new SharedArrayBuffer(4));
  /** In the order in which the worker computes them. */
  readonly #jobs = new Map<number, TaskShare>();
  #next = 0;
  #lastPrefix: Int32Array = new Int32Array(0);

  constructor(model: ModelOfWorker, heap: ResourceLimits, events: PoolWorkerEvents) {
    this.#model = model;
    this.#heap = heap;
    this.#events = events;
  }

  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** Number of unfinished shares. */
  get jobs(): number {
    return this.#jobs.size;
  }

  /** Whether the last share's prefix makes part of `prefix` reusable. */
  knows(prefix: Int32Array): boolean {
    return carriedLength(this.#lastPrefix, prefix) > 0;
  }

  /** Loads the model and returns a note for users. Shares may be queued before it is loaded. */
  async start(): Promise<string | undefined> {
    const workerData: EngineWorkerStart = { ...this.#model, closing: this.#closing };
    const worker = startWorker(new URL('./worker.js', import.meta.url), { workerData, resourceLimits: this.#heap });
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    return new Promise((resolve, reject) => {
      let isLoaded = false;
      let error = engineError('a worker stopped before its work was done');
      worker.on('message', (message: FromEngineWorker) => {
        if (message.job !== undefined) this.#settle(message.job, message);
        else if (message.problem !== undefined) reject(notLoaded(this.#model, message));
        else {
          isLoaded = true;
          resolve(message.note);
        }
      });
      worker.on('error', (cause) => {
        error = engineError(`a worker failed: ${cause.message}`, cause);
      });
      // Not at the error: until its end the worker holds the memory of the model.
      worker.once('exit', () => {
        this.#forgetWorker();
        if (isLoaded) this.#events.onLost(this.takeShares(), error);
        else reject(error);
      });
    });
  }

  run(share: TaskShare): void {
    const number = this.#next++;
    this.#lastPrefix = share.plan.prefix;
    this.#jobs.set(number, share);
    this.#send({ job: number, plan: share.plan });
  }

  /** Removes and returns the unfinished shares. */
  takeShares(): TaskShare[] {
    const shares = [...this.#jobs.values()];
    this.#jobs.clear();
    return shares;
  }

  /** Asks the worker to end. `terminate` would abort the whole process if the worker is inside the runtime. */
  async close(): Promise<void> {
    Atomics.store(this.#closing, 0, 1);
    this.#send(null);
    await this.#exited;
  }

  #send(message: ToEngineWorker): void {
    this.#worker?.postMessage(message);
  }

  /** The next worker has nothing in its cache. */
  #forgetWorker(): void {
    this.#worker = undefined;
    this.#lastPrefix = new Int32Array(0);
  }

  #settle(number: number, { rewards, problem }: FromEngineWorker): void {
    const share = this.#jobs.get(number);
    if (share === undefined) return;
    this.#jobs.delete(number);
    this.#events.onComputed();
    if (rewards) share.task.found(share, rewards);
    else
      share.task.fail(new RowError('E_ENGINE', `the model ${this.#model.graph} could not be run: ${oneLine(problem)}`));
    this.#events.onRoom();
  }
}

/** Joins the lines of a runtime message. */
function oneLine(problem: string | undefined): string {
  return (problem ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** The error of a failed load. A device that cannot run the model is an error: it never falls back to the CPU silently. */
function notLoaded({ graph: file, device }: ModelOfWorker, message: FromEngineWorker): StarlingError {
  const problem = oneLine(message.problem);
  // An E_USAGE concerns the flags, not this file.
  if (message.code === 'E_USAGE') return new StarlingError(message.code, problem);
  if (message.code !== undefined) return new StarlingError(message.code, problem, { file });
  if (device === 'cpu') return new StarlingError('E_ENGINE', `the model could not be loaded: ${problem}`, { file });
  return new StarlingError(
    'E_DEVICE',
    `this model cannot run on ${device} here: ${problem}; --device cpu runs everywhere`,
  );
}

export function engineError(message: string, cause?: unknown): StarlingError {
  return new StarlingError('E_ENGINE', message, {}, cause);
}
