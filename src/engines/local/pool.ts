import './runtime-environment.js';
import type { ResourceLimits, Worker } from 'node:worker_threads';
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
const SMALL_HEAP: ResourceLimits = { maxYoungGenerationSizeMb: 6 };

/**
 * Minimum tokens for which another worker is started. Loading the model takes as long as some 300 tokens in int8, 50 in q4, for any model
 * size.
 */
const START_TOKENS = 128;

/** So many workers that end in a row, with no share computed between them, are no longer the fault of single rows. */
const MOST_LOSSES = 8;

export interface PoolOptions {
  /** Worker threads, each with its own session of the model. */
  workers: number;
  /** Threads that each session computes with. */
  threads: number;
  /** Default: cpu. */
  device?: Device;
  /** Limits of each worker's JavaScript heap; the model is not in it. */
  heap?: ResourceLimits;
}

/**
 * A model loaded in worker threads. The bits of a reward do not depend on which worker computes it, or when. A free worker takes a share of
 * the plan whose prefix is in its cache. Else it starts the next plan. Else it joins a plan that another worker started, if the remaining
 * suffixes are worth computing the prefix again. So all workers compute the answers of a long row, or of the last row.
 *
 * A worker that stops before its work is done is replaced, and its unfinished shares are computed again. A row that stops two workers fails.
 */
export class RewardPool {
  readonly #members: Member[];
  /** Tasks with shares left to give out, in order. */
  #tasks: Task[] = [];
  /** The shares of workers that ended; first those that were being computed. */
  #again: TaskShare[] = [];
  /** Workers that ended since a share was computed. */
  #losses = 0;
  readonly #isExternal: boolean;
  #failure: StarlingError | undefined;
  #note: string | undefined;

  /**
   * Opens the pool and waits until a first worker has loaded the model.
   * @throws StarlingError E_ENGINE when the runtime cannot load the model, E_DEVICE when the device cannot run it
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

  /** A note for users on how the model is run. */
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
   * The rewards of the plan's suffixes, in order.
   * @throws RowError E_ENGINE when the runtime fails on the plan or two workers stop on it, StarlingError E_ENGINE when too many workers stop
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

  /** If one worker cannot load the model, scoring ends. Fewer workers than requested would only be slower without a message. */
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
  /** The worker has stopped, and can be started again. Not called for one that never loaded the model. */
  onLost(shares: readonly TaskShare[], error: StarlingError): void;
}

/** One worker thread and its queued shares. It can be started again after it has stopped. */
class Member {
  readonly #model: ModelOfWorker;
  readonly #heap: ResourceLimits;
  readonly #events: MemberEvents;
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  /** Shared with the worker. Not 0 once the worker should drop its shares, including the running one. */
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

function twiceLost({ message }: StarlingError): string {
  const remedy = 'shorten its texts with --max-length, or leave it out with --on-error skip';
  return `this row ended a worker twice: ${message}; ${remedy}`;
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
