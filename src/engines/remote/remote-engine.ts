import { setMaxListeners } from 'node:events';
import { RowError, StarlingError, stoppedBy } from '../../contracts/errors.js';
import type { EncodedRow, RewardEngine, RowRewards } from '../../contracts/reward-engine.js';
import type { Lane } from './lane.js';
import { ServerFault } from './server-fault.js';
import { ServerLoad } from './server-load.js';
import { type SharedTexts, textsOf } from './shared-texts.js';
import { pauseAfter, type Times } from './times.js';

/** Tries of a row that came back without a usable answer. */
const MOST_TRIES = 5;
/** Tries of the last check of a server, which nothing but a note depends on. */
const LAST_TRIES = 3;

export interface RemoteOptions {
  times: Times;
  /** The id that the head passes over at the end of a text. */
  padId: number | undefined;
  interrupted?: AbortSignal;
  tell?: (remark: string) => void;
  note: string;
}

/** A row that waits for its rewards. */
interface Job {
  texts: SharedTexts;
  tries: number;
  /** Not before this time. */
  from: number;
  /** The server of the last try, which is avoided as long as another one is there. */
  last?: Lane;
  resolve(rewards: RowRewards): void;
  reject(error: unknown): void;
}

/**
 * Scores rows at servers. The texts of a row go to one server in one request, so that its prefix cache computes the prompt once. A row whose
 * server fails goes to another one, or waits. Every server is checked before its first row, after each fault, every thousand rows and at the
 * end.
 */
export class RemoteEngine implements RewardEngine {
  readonly note: string;
  readonly rowsAhead: number;
  readonly #lanes: readonly Lane[];
  readonly #options: RemoteOptions;
  readonly #ending = new AbortController();
  #queue: Job[] = [];
  #failure: StarlingError | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When a server last answered, or when the first of the waiting rows came. */
  #lastAnswer = 0;
  readonly #checking = new Set<Lane>();

  /** @param lanes at least one */
  constructor(lanes: readonly Lane[], options: RemoteOptions) {
    this.#lanes = lanes;
    this.#options = options;
    // Every request in flight listens to it.
    setMaxListeners(0, this.#ending.signal);
    this.note = options.note;
    // As many again wait, so that no server waits for texts.
    this.rowsAhead = 2 * ServerLoad.most * lanes.length;
    options.interrupted?.addEventListener('abort', this.#stop);
    if (options.interrupted?.aborted) this.#stop();
  }

  score({ answers }: EncodedRow): Promise<RowRewards> {
    return new Promise((resolve, reject) => {
      if (this.#isIdle()) this.#lastAnswer = Date.now();
      this.#queue.push({ texts: textsOf(answers, this.#options.padId), tries: 0, from: 0, resolve, reject });
      if (this.#failure) this.#fail(this.#failure);
      else this.#dispatch();
    });
  }

  async finish(): Promise<void> {
    for (const lane of this.#lanes) {
      if (lane.uncheckedRows > 0 && !this.#ending.signal.aborted) await this.#lastCheck(lane);
    }
  }

  async close(): Promise<void> {
    this.#fail(new StarlingError('E_ENGINE', 'the engine was closed'));
    this.#options.interrupted?.removeEventListener('abort', this.#stop);
    for (const { server } of this.#lanes) server.close();
  }

  readonly #stop = () => {
    const { interrupted } = this.#options;
    if (interrupted !== undefined)
      this.#fail(stoppedBy(interrupted, 'stopped; rows that servers had were not waited for'));
  };

  #isIdle(): boolean {
    return this.#queue.length === 0 && this.#lanes.every(({ inFlight }) => inFlight === 0);
  }

  #dispatch(): void {
    if (this.#failure !== undefined) return;
    const now = Date.now();
    for (const lane of this.#lanes) if (this.#queue.length > 0 && lane.isToCheck(now)) this.#check(lane);
    for (;;) {
      const open = this.#lanes.filter((lane) => lane.isOpen(now)).sort(byLoad);
      const pair = open.map((lane) => ({ lane, at: this.#queue.findIndex((job) => this.#fits(job, lane, now)) }));
      const found = pair.find(({ at }) => at >= 0);
      if (found === undefined) break;
      const [job] = this.#queue.splice(found.at, 1);
      void this.#run(job, found.lane);
    }
    this.#waitOn(now);
  }

  /** Whether a row may go to a server: not to the one that it just failed at, if others are open. */
  #fits({ from, last }: Job, lane: Lane, now: number): boolean {
    return from <= now && (last !== lane || !this.#lanes.some((other) => other !== lane && other.isOpen(now)));
  }

  /** Sets the timer to the next end of a pause, if rows wait. */
  #waitOn(now: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.length === 0) return;
    const { patience } = this.#options.times;
    if (now - this.#lastAnswer > patience && this.#lanes.every(({ inFlight }) => inFlight === 0)) {
      const servers = this.#lanes.map(({ server }) => server.address).join(', ');
      const problem = `no server has answered for ${Math.round(patience / 60_000)} minutes (${servers})`;
      this.#fail(new StarlingError('E_ENGINE', `${problem}; start them again and go on with --resume`));
      return;
    }
    const ends = [...this.#lanes.map(({ closedUntil }) => closedUntil), ...this.#queue.map(({ from }) => from)];
    const next = Math.min(...ends.filter((time) => time > now));
    if (Number.isFinite(next)) this.#timer = setTimeout(() => this.#dispatch(), next - now);
  }

  async #run(job: Job, lane: Lane): Promise<void> {
    lane.inFlight++;
    const start = Date.now();
    try {
      const rewards = await lane.server.rewards(job.texts, this.#ending.signal);
      this.#lastAnswer = Date.now();
      lane.answered(this.#lastAnswer - start);
      job.resolve({ rewards: job.texts.placeOf.map((place) => rewards[place]), tokens: job.texts.computed });
    } catch (error) {
      this.#failed(job, lane, error);
    } finally {
      lane.inFlight--;
      this.#dispatch();
    }
  }

  #failed(job: Job, lane: Lane, error: unknown): void {
    if (this.#failure !== undefined) job.reject(this.#failure);
    else if (error instanceof RowError) job.reject(error);
    else if (!(error instanceof ServerFault)) {
      job.reject(error);
      this.#fail(error as StarlingError);
    } else {
      this.#note(lane, error);
      job.last = lane;
      // A row is to blame only for a fault that came after the server had it.
      if (error.kind === 'broken') job.tries++;
      if (job.tries < MOST_TRIES) {
        job.from = error.kind === 'broken' ? Date.now() + pauseAfter(job.tries, this.#options.times) : 0;
        this.#queue.unshift(job);
        return;
      }
      const problem = `${lane.server.address} ${error.message}, and ${MOST_TRIES} tries gave no rewards for this row`;
      job.reject(
        new RowError(
          'E_ENGINE',
          `${problem}; look at the server, or leave the row out with --on-error skip`,
          {},
          error,
        ),
      );
    }
  }

  #note(lane: Lane, fault: ServerFault): void {
    const isFirst = lane.failed(fault, Date.now());
    if (isFirst && fault.kind !== 'busy')
      this.#options.tell?.(`${lane.server.address} ${fault.message}; its rows wait or go to others`);
  }

  #check(lane: Lane): void {
    if (this.#checking.has(lane)) return;
    this.#checking.add(lane);
    const checked = async () => {
      try {
        await lane.check(this.#ending.signal);
        this.#lastAnswer = Date.now();
      } catch (error) {
        if (error instanceof ServerFault) this.#note(lane, error);
        else this.#fail(error as StarlingError);
      } finally {
        this.#checking.delete(lane);
        this.#dispatch();
      }
    };
    void checked();
  }

  async #lastCheck(lane: Lane): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await lane.check(this.#ending.signal);
      } catch (error) {
        if (!(error instanceof ServerFault)) throw error;
        if (tries < LAST_TRIES) await pause(pauseAfter(tries, this.#options.times));
        else {
          const rows = `its last ${lane.uncheckedRows} rows were not compared with the golden ones`;
          this.#options.tell?.(`${lane.server.address} ${error.message}; ${rows}`);
          return;
        }
      }
    }
  }

  /** Everything that waits fails, and so does every later row. */
  #fail(failure: StarlingError): void {
    this.#failure ??= failure;
    clearTimeout(this.#timer);
    for (const { reject } of this.#queue.splice(0)) reject(this.#failure);
    this.#ending.abort();
  }
}

function byLoad(a: Lane, b: Lane): number {
  return a.inFlight / a.load.limit - b.inFlight / b.load.limit;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
