import './runtime-environment.js';
import type { ResourceLimits, Worker } from 'node:worker_threads';
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
const SMALL_HEAP: ResourceLimits = { maxYoungGenerationSizeMb: 6 };

/** Fewer tokens than it takes to load the model once more are not worth it: some 300 in int8, 50 in q4, whatever the model's size. */
const START_TOKENS = 128;

/** So many workers that end in a row, with no share computed between them, are no longer the fault of single rows. */
const MOST_LOSSES = 8;

export interface PoolOptions {
  /** Threads of this process that each hold a session of the model. */
  workers: number;
  /** Threads that each session computes with. */
  threads: number;
  /** What it computes with: cpu if absent. */
  device?: Device;
  /** Limits of each worker's JavaScript heap; the model is not in it. */
  heap?: ResourceLimits;
}

/**
 * A model loaded in worker threads. Which worker runs what, and when, changes no bit of a reward. A worker goes on with the plan whose
 * prefix it has in its cache, else begins the next plan, else has a part in one that others began, where that is worth its prefix: so
 * the answers of one long row, or of the last, are computed by all workers.
 *
 * A worker that ends before its work is done is replaced, and what it had is computed once more. A row that ends two workers fails.
 */
export class RewardPool {
  readonly #members: Member[];
  /** In their order, those that are not all given out. */
  #tasks: Task[] = [];
  /** The shares of workers that ended; first those that were being computed. */
  #again: TaskShare[] = [];
  /** Workers that ended since a share was computed. */
  #losses = 0;
  readonly #isExternal: boolean;
  #failure: StarlingError | undefined;
  #note: string | undefined;

  /**
   * Gives the pool when a first worker has loaded the model.
   * @throws StarlingError E_ENGINE when the runtime cannot load the model, E_DEVICE when it cannot with the device
   */
  static async open(model: ModelFolder, options: PoolOptions): Promise<RewardPool> {
    const pool = new RewardPool(model, options);
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

  private constructor({ graph, external }: ModelFolder, options: PoolOptions) {
    const { workers, threads, device = 'cpu', heap = SMALL_HEAP } = options;
    const events: MemberEvents = {
      onComputed: () => {
        this.#losses = 0;
      },
      onRoom: () => this.#dispatch(),
      onLost: (shares, error) => this.#lost(shares, error),
    };
    const model = { graph, threads, device, external };
    this.#members = Array.from({ length: workers }, () => new Member(model, heap, events));
    this.#isExternal = external !== undefined;
  }

  /**
   * The rewards of the plan's suffixes.
   * @throws RowError E_ENGINE when the runtime refuses the plan or it ends two workers, StarlingError E_ENGINE when too many workers end
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
    this.#fail(engineError('the model was closed'));
    await Promise.all(this.#members.map((member) => member.close()));
  }

  #dispatch(): void {
    for (;;) {
      this.#tasks = this.#tasks.filter(({ isGiven }) => !isGiven);
      this.#again = this.#again.filter(({ task }) => !task.hasFailed);
      const ready = this.#members.filter(({ jobs }) => jobs < AHEAD).sort((a, b) => a.jobs - b.jobs);
      const given = ready.some((member) => {
        const share = this.#again.shift() ?? this.#taskFor(member)?.give();
        if (share === undefined) return false;
        if (!member.isStarted) this.#started(member).catch(() => {});
        member.run(share);
        return true;
      });
      if (!given) return;
    }
  }

  #taskFor(member: Member): Task | undefined {
    if (!member.isStarted && !this.#isWorthStarting()) return undefined;
    return (
      this.#tasks.find(({ prefix }) => member.knows(prefix)) ??
      this.#tasks.find(({ isBegun }) => !isBegun) ??
      this.#tasks.find(({ prefix, tokensLeft }) => tokensLeft >= prefix.length || !this.#isKnown(prefix))
    );
  }

  /** Where the last worker has ended, a new one is started for any plan. */
  #isWorthStarting(): boolean {
    const tokens = this.#tasks.reduce((sum, task) => sum + task.tokensLeft, 0);
    return tokens >= START_TOKENS || !this.#members.some(({ isStarted }) => isStarted);
  }

  #isKnown(prefix: Int32Array): boolean {
    return this.#members.some((member) => member.knows(prefix));
  }

  /** Where one could not load the model nothing more is scored, rather than all by the others and slower than was asked for. */
  async #started(member: Member): Promise<string | undefined> {
    try {
      return await member.start();
    } catch (error) {
      this.#fail(error as StarlingError);
      for (const { task } of member.takeShares()) task.fail(error as StarlingError);
      throw error;
    }
  }

  /** @param shares those that the worker had, the one that it computed first */
  #lost(shares: readonly TaskShare[], error: StarlingError): void {
    if (this.#failure) {
      for (const { task } of shares) task.fail(this.#failure);
      return;
    }
    const [suspect, ...others] = shares;
    // A worker computes them one after the other: what comes behind the first has no part in its end.
    if (suspect?.isSuspect) suspect.task.fail(new RowError('E_ENGINE', twiceLost(error), {}, error));
    else if (suspect) this.#again.unshift({ ...suspect, isSuspect: true });
    this.#again.push(...others);
    this.#losses++;
    if (this.#losses < MOST_LOSSES) this.#dispatch();
    else
      this.#fail(
        engineError(`${MOST_LOSSES} workers in a row ended before they had computed anything: ${error.message}`, error),
      );
  }

  #fail(failure: StarlingError): void {
    this.#failure ??= failure;
    this.#drop(this.#failure);
  }

  /** Everything that is not given to a worker fails. */
  #drop(error: StarlingError): void {
    for (const task of this.#tasks.splice(0)) task.fail(error);
    for (const { task } of this.#again.splice(0)) task.fail(error);
  }
}

type ModelOfWorker = Omit<EngineWorkerStart, 'closing'>;

interface MemberEvents {
  onComputed(): void;
  onRoom(): void;
  /** The worker has ended, and can be started again. Not called for one that never loaded the model. */
  onLost(shares: readonly TaskShare[], error: StarlingError): void;
}

/** One worker thread and the shares it was given. It can be started anew after its end. */
class Member {
  readonly #model: ModelOfWorker;
  readonly #heap: ResourceLimits;
  readonly #events: MemberEvents;
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  /** Not 0 once the worker should drop what it was given, the plan that it runs included. Shared with it. */
  readonly #closing = new Int32Array(new SharedArrayBuffer(4));
  /** In the order in which the worker computes them. */
  readonly #jobs = new Map<number, TaskShare>();
  #next = 0;
  #lastPrefix: Int32Array = new Int32Array(0);

  constructor(model: ModelOfWorker, heap: ResourceLimits, events: MemberEvents) {
    this.#model = model;
    this.#heap = heap;
    this.#events = events;
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

  /** What it was given and has not done, which it no longer has. */
  takeShares(): TaskShare[] {
    const shares = [...this.#jobs.values()];
    this.#jobs.clear();
    return shares;
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

function twiceLost({ message }: StarlingError): string {
  const remedy = 'shorten its texts with --max-length, or leave it out with --on-error skip';
  return `this row ended a worker twice: ${message}; ${remedy}`;
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
