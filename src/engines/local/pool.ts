import './runtime-environment.js';
import type { Worker } from 'node:worker_threads';
import { RowError, StarlingError } from '../../contracts/errors.js';
import type { ModelFolder } from '../../model/folder.js';
import { startWorker } from '../../threads/start-worker.js';
import type { Device } from './device.js';
import { carriedLength } from './plan/common-beginning.js';
import type { Plan } from './plan/plan-types.js';
import { Task, type TaskShare } from './task.js';
import type { EngineWorkerStart, FromEngineWorker, ToEngineWorker } from './worker.js';

/** Shares given to a worker at a time: the next one is there when it is done with one. */
const AHEAD = 2;

/** A worker's own heap holds little: what it computes with is the runtime's. Otherwise it would grow by 40 MB. */
const SMALL_HEAP = { maxYoungGenerationSizeMb: 6 };

/** Fewer tokens than it takes to load the model once more are not worth it: some 300 in int8, 50 in q4, whatever the model's size. */
const START_TOKENS = 128;

export interface PoolOptions {
  /** Threads of this process that each hold a session of the model. */
  workers: number;
  /** Threads that each session computes with. */
  threads: number;
  /** What it computes with: cpu if absent. */
  device?: Device;
}

/**
 * A model loaded in worker threads. Which worker runs what, and when, changes no bit of a reward. A worker goes on with the plan whose
 * prefix it has in its cache, else begins the next plan, else has a part in one that others began, where that is worth its prefix: so
 * the answers of one long row, or of the last, are computed by all workers.
 */
export class RewardPool {
  readonly #members: Member[];
  /** In their order, those that are not all given out. */
  #tasks: Task[] = [];
  readonly #isExternal: boolean;
  #failure: StarlingError | undefined;
  #note: string | undefined;

  /**
   * Gives the pool when a first worker has loaded the model.
   * @throws StarlingError E_ENGINE when the runtime cannot load the model, E_DEVICE when it cannot with the device
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

  /** What people should know of how the model is run. */
  get note(): string | undefined {
    return this.#note;
  }

  private constructor(model: ModelOfWorker, workers: number) {
    this.#members = Array.from({ length: workers }, () => new Member(model));
    this.#isExternal = model.external !== undefined;
  }

  /**
   * The rewards of the plan's suffixes.
   * @throws RowError E_ENGINE when the runtime refuses the plan, StarlingError E_ENGINE when a worker is lost
   */
  score(plan: Plan): Promise<Float32Array> {
    // What an external graph gives can depend on what else is in its batch.
    const task = new Task(plan, this.#isExternal);
    this.#tasks.push(task);
    if (this.#failure) this.#drop(this.#failure);
    else this.#dispatch();
    return task.rewards;
  }

  /** Ends the workers. Plans that are not done fail. */
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

  /** Where one could not load the model nothing more is scored, rather than all by the others and slower than was asked for. */
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

/** One worker thread and the shares it was given. */
class Member {
  readonly #model: ModelOfWorker;
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  /** Not 0 once the worker should drop what it was given, the plan that it runs included. Shared with it. */
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

  /** How many it was given that are not done. */
  get jobs(): number {
    return this.#jobs.size;
  }

  /** Whether what it was given last begins as `prefix` does. */
  knows(prefix: Int32Array): boolean {
    return carriedLength(this.#lastPrefix, prefix) > 0;
  }

  /** Loads the model, and tells what people should know of it. Plans may be given before it has. */
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

  /** @param done called when there is room for another */
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

  /** Not by `terminate`, which aborts the whole process when it meets a worker inside the runtime. */
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

/** What the runtime says can have several lines. */
function oneLine(problem: string | undefined): string {
  return (problem ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** What a device lacks is never made up for by the CPU in silence. The runtime seldom names the file that it refuses. */
function notLoaded({ graph: file, device }: ModelOfWorker, message: FromEngineWorker): StarlingError {
  const problem = oneLine(message.problem);
  // Misuse is about the flags, not about this file.
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
