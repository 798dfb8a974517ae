import './runtime-environment.js';
import type { ResourceLimits } from 'node:worker_threads';
import { RowError, type StarlingError } from '../../contracts/errors.js';
import type { ModelFolder } from '../../model/folder.js';
import type { Device } from './device.js';
import type { Plan } from './plan/plan-types.js';
import { engineError, PoolWorker, type PoolWorkerEvents } from './pool-worker.js';
import { Task, type TaskShare } from './task.js';

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
  readonly #members: PoolWorker[];
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
    const events: PoolWorkerEvents = {
      onComputed: () => {
        this.#losses = 0;
      },
      onRoom: () => this.#dispatch(),
      onLost: (shares, error) => this.#lost(shares, error),
    };
    const model = { graph, threads, device, external };
    this.#members = Array.from({ length: workers }, () => new PoolWorker(model, heap, events));
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

  #taskFor(member: PoolWorker): Task | undefined {
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
  async #started(member: PoolWorker): Promise<string | undefined> {
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

function twiceLost({ message }: StarlingError): string {
  const remedy = 'shorten its texts with --max-length, or leave it out with --on-error skip';
  return `this row ended a worker twice: ${message}; ${remedy}`;
}
