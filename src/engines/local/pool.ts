import './runtime-environment.js';
import type { Worker } from 'node:worker_threads';
import { RowError, StarlingError } from '../../contracts/errors.js';
import type { ModelFolder } from '../../model/folder.js';
import { startWorker } from '../../threads/start-worker.js';
import type { Device } from './device.js';
import { carriedLength } from './plan/common-prefix.js';
import type { Plan } from './plan/plan-types.js';
import { Task, type TaskShare } from './task.js';
import type { EngineWorkerStart, FromEngineWorker, ToEngineWorker } from './worker.js';

/** Shares queued at a worker, so that it never waits for the next one. */
const AHEAD = 2;

/** A worker's JavaScript heap holds little, as tensors belong to the runtime. Without this limit it would grow by 40 MB. */
const SMALL_HEAP = { maxYoungGenerationSizeMb: 6 };

/**
 * Minimum tokens for which another worker is started. Loading the model takes as long as some 300 tokens in int8, 50 in q4, for any model
 * size.
 */
const START_TOKENS = 128;

export interface PoolOptions {
  /** Worker threads, each with its own session of the model. */
  workers: number;
  /** Threads that each session computes with. */
  threads: number;
  /** Default: cpu. */
  device?: Device;
}

/**
 * A model loaded in worker threads. The bits of a reward do not depend on which worker computes it, or when. A free worker takes a share of
 * the plan whose prefix is in its cache. Else it starts the next plan. Else it joins a plan that another worker started, if the remaining
 * suffixes are worth computing the prefix again. So all workers compute the answers of a long row, or of the last row.
 */
export class RewardPool {
  readonly #members: Member[];
  /** Tasks with shares left to give out, in order. */
  #tasks: Task[] = [];
  readonly #isExternal: boolean;
  #failure: StarlingError | undefined;
  #note: string | undefined;

  /**
   * Opens the pool and waits until a first worker has loaded the model.
   * @throws StarlingError E_ENGINE when the runtime cannot load the model, E_DEVICE when the device cannot run it
   */
  static async open(model: ModelFolder, { workers, threads, device = 'cpu' }: PoolOptions): Promise<RewardPool> {
    const { graph, external } = model;
    const pool = new RewardPool({ graph, threads, device, external }, workers);
    try {
      pool.#note = await pool.#started(pool.#members[0]);
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** A note for users on how the model is run. */
  get note(): string | undefined {
    return this.#note;
  }

  private constructor(model: ModelOfWorker, workers: number) {
    this.#members = Array.from({ length: workers }, () => new Member(model));
    this.#isExternal = model.external !== undefined;
  }

  /**
   * The rewards of the plan's suffixes, in order.
   * @throws RowError E_ENGINE when the runtime fails on the plan, StarlingError E_ENGINE when a worker stops
   */
  score(plan: Plan): Promise<Float32Array> {
    // The rewards of an external model can depend on the batch, so its plans are not split.
    const task = new Task(plan, this.#isExternal);
    this.#tasks.push(task);
    if (this.#failure) this.#drop(this.#failure);
    else this.#dispatch();
    return task.rewards;
  }

  /** Stops the workers. Unfinished plans fail. */
  async close(): Promise<void> {
    this.#drop(engineError('the model was closed'));
    await Promise.all(this.#members.map((member) => member.close()));
  }

  #dispatch(): void {
    for (;;) {
      this.#tasks = this.#tasks.filter(({ isGiven }) => !isGiven);
      const ready = this.#members.filter(({ jobs }) => jobs < AHEAD).sort((a, b) => a.jobs - b.jobs);
      const given = ready.some((member) => {
        const task = this.#taskFor(member);
        if (task === undefined) return false;
        if (!member.isStarted) this.#started(member).catch(() => {});
        member.run(task.give(), () => this.#dispatch());
        return true;
      });
      if (!given) return;
    }
  }

  #taskFor(member: Member): Task | undefined {
    if (!member.isStarted && this.#tasks.reduce((sum, task) => sum + task.tokensLeft, 0) < START_TOKENS)
      return undefined;
    return (
      this.#tasks.find(({ prefix }) => member.knows(prefix)) ??
      this.#tasks.find(({ isBegun }) => !isBegun) ??
      this.#tasks.find(({ prefix, tokensLeft }) => tokensLeft >= prefix.length || !this.#isKnown(prefix))
    );
  }

  #isKnown(prefix: Int32Array): boolean {
    return this.#members.some((member) => member.knows(prefix));
  }

  /** If one worker cannot load the model, scoring ends. Fewer workers than requested would only be slower without a message. */
  async #started(member: Member): Promise<string | undefined> {
    try {
      return await member.start();
    } catch (error) {
      this.#failure = error as StarlingError;
      this.#drop(this.#failure);
      throw error;
    }
  }

  #drop(error: StarlingError): void {
    for (const task of this.#tasks.splice(0)) task.fail(error);
  }
}

type ModelOfWorker = Omit<EngineWorkerStart, 'closing'>;

/** One worker thread and its queued shares. */
class Member {
  readonly #model: ModelOfWorker;
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  /** Shared with the worker. Not 0 once the worker should drop its shares, including the running one. */
  readonly #closing = new Int32Array(new SharedArrayBuffer(4));
  readonly #jobs = new Map<number, { share: TaskShare; done(): void }>();
  #next = 0;
  #lastPrefix: Int32Array = new Int32Array(0);
  #failure: StarlingError | undefined;

  constructor(model: ModelOfWorker) {
    this.#model = model;
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
    const worker = startWorker(new URL('./worker.js', import.meta.url), { workerData, resourceLimits: SMALL_HEAP });
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    return new Promise((resolve, reject) => {
      const fail = (error: StarlingError) => this.#fail(error, reject);
      worker.on('message', (message: FromEngineWorker) => {
        if (message.job !== undefined) this.#settle(message.job, message);
        else if (message.problem === undefined) resolve(message.note);
        else fail(notLoaded(this.#model, message));
      });
      worker.on('error', (cause) => fail(engineError(`a worker failed: ${cause.message}`, cause)));
      worker.on('exit', () => fail(engineError('a worker stopped before its work was done')));
    });
  }

  /** @param done called when the share is finished */
  run(share: TaskShare, done: () => void): void {
    if (this.#failure) {
      share.task.fail(this.#failure);
      return;
    }
    const number = this.#next++;
    this.#lastPrefix = share.plan.prefix;
    this.#jobs.set(number, { share, done });
    this.#send({ job: number, plan: share.plan });
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

  #settle(number: number, { rewards, problem }: FromEngineWorker): void {
    const job = this.#jobs.get(number);
    if (job === undefined) return;
    this.#jobs.delete(number);
    const { share, done } = job;
    if (rewards) share.task.found(share, rewards);
    else
      share.task.fail(new RowError('E_ENGINE', `the model ${this.#model.graph} could not be run: ${oneLine(problem)}`));
    done();
  }

  #fail(error: StarlingError, reject: (error: StarlingError) => void): void {
    this.#failure ??= error;
    reject(error);
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const { share, done } of jobs) {
      share.task.fail(error);
      done();
    }
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

function engineError(message: string, cause?: unknown): StarlingError {
  return new StarlingError('E_ENGINE', message, {}, cause);
}
