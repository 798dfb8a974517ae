import './runtime-environment.js';
import { Worker } from 'node:worker_threads';
import { carriedLength } from '../common-beginning.js';
import { RowError, StarlingError } from '../errors.js';
import type { Device, Plan } from '../types.js';
import type { ModelFolder } from './model-folder.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker.js';

/** Plans given to a worker at a time: the next one is there when it is done with one. */
const AHEAD = 2;

interface Job {
  plan: Plan;
  resolve(rewards: Float32Array): void;
  reject(error: StarlingError): void;
}

export interface PoolOptions {
  /** Threads of this process that each hold a session of the model. */
  workers: number;
  /** Threads that each session computes with. */
  threads: number;
  /** What it computes with: cpu if absent. */
  device?: Device;
}

/**
 * A model loaded in worker threads. Which worker runs a plan, and when, changes no bit of its rewards. Plans are given out in their
 * order to whoever has least to do, and among equals to one that has the beginning of the plan in its cache.
 */
export class RewardPool {
  readonly #members: Member[];
  readonly #waiting: Job[] = [];
  #failure: StarlingError | undefined;
  #note: string | undefined;

  /**
   * Gives the pool when a first worker has loaded the model; the others join in when they have.
   * @throws StarlingError E_ENGINE when the runtime cannot load the model, E_DEVICE when it cannot with the device
   */
  static async open(model: ModelFolder, { workers, threads, device = 'cpu' }: PoolOptions): Promise<RewardPool> {
    const { graph, foreign } = model;
    const pool = new RewardPool(Array.from({ length: workers }, () => new Member({ graph, threads, device, foreign })));
    try {
      pool.#note = await Promise.race(pool.#members.map((member) => member.ready));
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** What people should know of how the model is run. */
  get note(): string | undefined {
    return this.#note;
  }

  private constructor(members: Member[]) {
    this.#members = members;
    for (const { ready } of members) {
      ready.then(
        () => this.#dispatch(),
        (error: StarlingError) => this.#fail(error),
      );
    }
  }

  /**
   * The rewards of the plan's suffixes.
   * @throws RowError E_ENGINE when the runtime refuses the plan, StarlingError E_ENGINE when a worker is lost
   */
  score(plan: Plan): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#waiting.push({ plan, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends the workers. Plans that are not done fail. */
  async close(): Promise<void> {
    for (const job of this.#waiting.splice(0)) job.reject(engineError('the model was closed'));
    await Promise.all(this.#members.map((member) => member.close()));
  }

  #dispatch(): void {
    for (;;) {
      const [job] = this.#waiting;
      const member = job && this.#freest(job.plan);
      if (!member) return;
      this.#waiting.shift();
      member.run(job, () => this.#dispatch());
    }
  }

  #freest(plan: Plan): Member | undefined {
    const free = this.#members.filter((member) => member.isReady && member.load < AHEAD);
    const least = Math.min(...free.map((member) => member.load));
    const equals = free.filter((member) => member.load === least);
    return equals.find((member) => member.knows(plan)) ?? equals[0];
  }

  /** A worker could not load the model: nothing more is scored, rather than all by the others and slower than was asked for. */
  #fail(error: StarlingError): void {
    this.#failure = error;
    for (const job of this.#waiting.splice(0)) job.reject(error);
  }
}

/** One worker thread and the jobs it was given. */
class Member {
  /** With what people should know of the model. */
  readonly ready: Promise<string | undefined>;
  isReady = false;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** Not 0 once the worker should drop what it was given, the plan that it runs included. Shared with it. */
  readonly #closing = new Int32Array(new SharedArrayBuffer(4));
  readonly #jobs = new Map<number, Job & { done(): void }>();
  #next = 0;
  #lastPrefix: Int32Array = new Int32Array(0);
  #failure: StarlingError | undefined;

  constructor(model: Omit<WorkerStart, 'closing'>) {
    const start: WorkerStart = { ...model, closing: this.#closing };
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: start });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.job !== undefined) this.#settle(message.job, message);
        else if (message.problem === undefined) {
          this.isReady = true;
          resolve(message.note);
        } else reject(notLoaded(model.device, message));
      });
      this.#worker.on('error', (cause) => this.#fail(engineError(`a worker failed: ${cause.message}`, cause), reject));
      this.#worker.on('exit', () => this.#fail(engineError('a worker stopped before its work was done'), reject));
    });
  }

  get load(): number {
    return this.#jobs.size;
  }

  /** Whether what it was given last begins as `plan` does. */
  knows({ prefix }: Plan): boolean {
    return carriedLength(this.#lastPrefix, prefix) > 0;
  }

  run(job: Job, done: () => void): void {
    if (this.#failure) {
      job.reject(this.#failure);
      return;
    }
    const number = this.#next++;
    this.#lastPrefix = job.plan.prefix;
    this.#jobs.set(number, { ...job, done });
    this.#send({ job: number, plan: job.plan });
  }

  /** Not by `terminate`, which aborts the whole process when it meets a worker inside the runtime. */
  async close(): Promise<void> {
    Atomics.store(this.#closing, 0, 1);
    this.#send(null);
    await this.#exited;
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #settle(number: number, { rewards, problem }: FromWorker): void {
    const job = this.#jobs.get(number);
    this.#jobs.delete(number);
    if (rewards) job?.resolve(rewards);
    else job?.reject(new RowError('E_ENGINE', `the model could not be run: ${oneLine(problem)}`));
    job?.done();
  }

  #fail(error: StarlingError, reject: (error: StarlingError) => void): void {
    this.#failure ??= error;
    reject(error);
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const job of jobs) {
      job.reject(error);
      job.done();
    }
  }
}

/** What the runtime says can have several lines. */
function oneLine(problem: string | undefined): string {
  return (problem ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** What a device lacks is never made up for by the CPU in silence. */
function notLoaded(device: Device, message: FromWorker): StarlingError {
  const problem = oneLine(message.problem);
  if (message.code !== undefined) return new StarlingError(message.code, problem);
  if (device === 'cpu') return engineError(`the model could not be loaded: ${problem}`);
  return new StarlingError(
    'E_DEVICE',
    `this model cannot run on ${device} here: ${problem}; --device cpu runs everywhere`,
  );
}

function engineError(message: string, cause?: unknown): StarlingError {
  return new StarlingError('E_ENGINE', message, {}, cause);
}
