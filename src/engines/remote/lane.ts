import { RowError, StarlingError } from '../../contracts/errors.js';
import type { GoldenRow } from '../../model/golden-file.js';
import { comparedToGolden } from './golden-comparison.js';
import type { ServerFault } from './server-fault.js';
import { ServerLoad } from './server-load.js';
import { pauseAfter, type Times } from './times.js';
import type { ServerFacts, TextsToScore, VllmServer } from './vllm-server.js';

/** Rows of a server between two comparisons with the golden rows. */
const ROWS_BETWEEN = 1000;

/** What a server must be, to be given rows. */
export interface Expected {
  /** Name of the model folder. */
  name: string;
  golden: readonly GoldenRow[] | undefined;
  /** Largest distance from the golden rows, as a share of their range. */
  tolerance: number;
}

/** One server with its state: whether rows may go to it, how many at once, and whether it is known to be the right one. */
export class Lane {
  readonly server: VllmServer;
  readonly load = new ServerLoad();
  inFlight = 0;
  /** What the server said at its first check. */
  facts: ServerFacts | undefined;
  /** Distance from the golden rows at the last check; absent without golden rows. */
  distance: number | undefined;
  readonly #expected: Expected;
  readonly #times: Times;
  readonly #golden: TextsToScore | undefined;
  #faults = 0;
  #closedUntil = 0;
  /** Whether it is known to be the right one; no rows go to it before. */
  #isKnown = false;
  /** Rows since the last check. */
  #unchecked = 0;

  constructor(server: VllmServer, expected: Expected, times: Times) {
    this.server = server;
    this.#expected = expected;
    this.#times = times;
    const lists = expected.golden?.map(({ ids }) => ids);
    this.#golden = lists && {
      lists: lists.map((ids) => JSON.stringify(ids)),
      tokens: lists.reduce((sum, { length }) => sum + length, 0),
    };
  }

  /** Whether a row may go to the server now. */
  isOpen(now: number): boolean {
    return this.#isKnown && now >= this.#closedUntil && this.inFlight < this.load.limit;
  }

  /** Whether the server has to be checked, and may be asked now. It gets further rows meanwhile if it is only the time for another check. */
  isToCheck(now: number): boolean {
    return (!this.#isKnown || this.#unchecked >= ROWS_BETWEEN) && now >= this.#closedUntil;
  }

  /** Number of its last rows, since which it was not checked. */
  get uncheckedRows(): number {
    return this.#unchecked;
  }

  /** When the server may be asked again. */
  get closedUntil(): number {
    return this.#closedUntil;
  }

  answered(milliseconds: number): void {
    this.#faults = 0;
    this.load.answered(milliseconds, this.inFlight);
    this.#unchecked++;
  }

  /** @returns whether this is the first sign of a trouble: other requests in flight fail of the same */
  failed({ kind, wait }: ServerFault, now: number): boolean {
    const isFirst = now >= this.#closedUntil;
    if (isFirst) {
      this.#faults++;
      this.load.refused();
    }
    // Another server may stand in its place when it is back.
    if (kind !== 'busy') this.#isKnown = false;
    const pause = Math.min(wait ?? pauseAfter(this.#faults, this.#times), this.#times.patience);
    this.#closedUntil = isFirst ? now + pause : Math.max(this.#closedUntil, now + (wait ?? 0));
    return isFirst && this.#faults === 1;
  }

  /**
   * Asks the server what it is, and compares its rewards with the golden rows.
   * @throws ServerFault, StarlingError E_ENGINE if it serves another model, E_ACCESS
   */
  async check(interrupted?: AbortSignal): Promise<void> {
    const rows = this.#unchecked;
    const facts = await this.server.facts(this.#expected.name, interrupted);
    if (this.facts !== undefined && facts.model !== this.facts.model) {
      const problem = `${this.server.address} serves ${facts.model} now, and served ${this.facts.model} before`;
      throw new StarlingError('E_ENGINE', `${problem}${suspect(rows)}`);
    }
    if (this.#golden !== undefined) this.#compare(await this.#goldenRewards(this.#golden, interrupted), rows);
    this.facts = facts;
    this.#isKnown = true;
    this.#unchecked -= rows;
  }

  async #goldenRewards(golden: TextsToScore, interrupted?: AbortSignal): Promise<number[]> {
    try {
      return await this.server.rewards(golden, interrupted);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      throw new StarlingError('E_ENGINE', `the golden rows were not scored: ${error.message}`, {}, error);
    }
  }

  #compare(rewards: readonly number[], rows: number): void {
    const { golden = [], tolerance } = this.#expected;
    const { distance, looks } = comparedToGolden(golden, rewards);
    this.distance = distance;
    if (distance <= tolerance) return;
    const problem = `${this.server.address} gives the golden rows rewards that are off by ${percent(distance)} of their range, and ${percent(tolerance)} is allowed (--golden-tolerance)`;
    throw new StarlingError('E_ENGINE', `${problem}; ${looks}${suspect(rows)}`);
  }
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value < 10 ? value.toPrecision(2) : Math.round(value)} %`;
}

/** The rows since the last check are written already, or will be. */
function suspect(rows: number): string {
  return rows === 0
    ? ''
    : `; ${rows} rows that it scored since its last check cannot be trusted: start anew with --force`;
}
