import './runtime-environment.js';
import { Worker } from 'node:worker_threads';
import { carriedLength } from '../common-beginning.js';
import { RowError, StarlingError } from '../errors.js';
import type { Device, Plan } from '../types.js';
import type { ModelFolder } from './model-folder.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker.js';

/** Plans given to a worker at a time: the next one is there when it is done with one. */
const AHEAD = 2;

/** A worker's own heap holds little: what it computes with is the runtime's. Otherwise it would grow by 40 MB. */
const SMALL_HEAP = { maxYoungGenerationSizeMb: 6 };

/** What it takes to load the model once more, in tokens that are computed meanwhile; about that many for any size of model. */
const START_TOKENS = 512;

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
 * order to whoever will be done first; a worker is only started when that is the way to be done first.
 */
export class RewardPool {
  readonly #members: Member[];
  readonly #waiting: Job[] = [];
  #failure: StarlingError | undefined;
  #note: string | undefined;

  /**
   * Gives the pool when a first worker has loaded the model.
   * @throws StarlingError E_ENGINE when the runtime cannot load the model, E_DEVICE when it cannot with the device
   */
  static async open(model: ModelFolder, { workers, threads, device = 'cpu' }: PoolOptions): Promise<RewardPool> {
    const { graph, foreign } = model;
    const start = { graph, threads, device, foreign };
    const pool = new RewardPool(start, workers);
    try {
      pool.#note = await pool.#started(pool.#members[0]);
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

  private constructor(model: ModelOfWorker, workers: number) {
    this.#members = Array.from({ length: workers }, () => new Member(model));
  }

  /** How many workers have nothing to do. */
  get idle(): number {
    return this.#waiting.length > 0 ? 0 : this.#members.filter(({ jobs }) => jobs === 0).length;
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
      const member = job && this.#soonest(job.plan);
      if (!member) return;
      this.#waiting.shift();
      if (!member.isStarted) this.#started(member).catch(() => {});
      member.run(job, () => this.#dispatch());
    }
  }

  #soonest(plan: Plan): Member | undefined {
    const free = this.#members.filter(({ jobs }) => jobs < AHEAD);
    const least = Math.min(...free.map((member) => member.tokensUntil(plan)));
    return free.find((member) => member.tokensUntil(plan) === least);
  }

  /** Where one could not load the model nothing more is scored, rather than all by the others and slower than was asked for. */
  async #started(member: Member): Promise<string | undefined> {
    try {
      return await member.start();
    } catch (error) {
      this.#failure = error as StarlingError;
      for (const job of this.#waiting.splice(0)) job.reject(this.#failure);
      throw error;
    }
  }
}

type ModelOfWorker = Omit<WorkerStart, 'closing'>;

/** One worker thread and the jobs it was given. */
class Member {
  readonly #model: ModelOfWorker;
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  /** Not 0 once the worker should drop what it was given, the plan that it runs included. Shared with it. */
  readonly #closing = new Int32Array(new SharedArrayBuffer(4));
  readonly #jobs = new Map<number, Job & { done(): void }>();
  #next = 0;
  #lastPrefix: Int32Array = new Int32Array(0);
  #failure: StarlingError | undefined;

  constructor(model: ModelOfWorker) {
    this.#model = model;
  }

  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** How many it was given that are not done. */
  get jobs(): number {
    return this.#jobs.size;
  }

  /** When it would be done with `plan`, in tokens to be computed. */
  tokensUntil(plan: Plan): number {
    const begun = carriedLength(this.#lastPrefix, plan.prefix);
    const given = [...this.#jobs.values()].reduce((sum, job) => sum + job.plan.tokens, 0);
    return given + plan.tokens - begun + (this.isStarted ? 0 : START_TOKENS);
  }

  /** Loads the model, and tells what people should know of it. Plans may be given before it has. */
  start(): Promise<string | undefined> {
    const workerData: WorkerStart = { ...this.#model, closing: this.#closing };
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData, resourceLimits: SMALL_HEAP });
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    return new Promise((resolve, reject) => {
      const fail = (error: StarlingError) => this.#fail(error, reject);
      worker.on('message', (message: FromWorker) => {
        if (message.job !== undefined) this.#settle(message.job, message);
        else if (message.problem === undefined) resolve(message.note);
        else fail(notLoaded(this.#model.device, message));
      });
      worker.on('error', (cause) => fail(engineError(`a worker failed: ${cause.message}`, cause)));
      worker.on('exit', () => fail(engineError('a worker stopped before its work was done')));
    });
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
    this.#worker?.postMessage(message);
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
