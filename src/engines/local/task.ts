import type { Plan } from './plan/plan-types.js';

/** What one worker runs of a task. */
export interface TaskShare {
  task: Task;
  plan: Plan;
  /** Which of the task's suffixes the first of its own is. */
  first: number;
  /** Whether a worker ended while it computed this. */
  isSuspect?: boolean;
}

/** A plan whose suffixes are given out one by one, so that several workers can have a part in it. */
export class Task {
  /** Of the plan's suffixes, once all are there. */
  readonly rewards: Promise<Float32Array>;
  readonly #plan: Plan;
  readonly #isWhole: boolean;
  readonly #found: Float32Array;
  #next = 0;
  #missing: number;
  #hasFailed = false;
  #resolve: (rewards: Float32Array) => void = () => {};
  #reject: (error: Error) => void = () => {};

  /** @param isWhole to be run at once by one worker */
  constructor(plan: Plan, isWhole: boolean) {
    this.#plan = plan;
    this.#isWhole = isWhole;
    this.#found = new Float32Array(plan.suffixes.length);
    this.#missing = plan.suffixes.length;
    this.rewards = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get prefix(): Int32Array {
    return this.#plan.prefix;
  }

  get isBegun(): boolean {
    return this.#next > 0;
  }

  /** Whether there is nothing more to give out. */
  get isGiven(): boolean {
    return this.#next === this.#plan.suffixes.length;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Tokens of the suffixes that were not given out. */
  get tokensLeft(): number {
    return this.#plan.suffixes.slice(this.#next).reduce((sum, { length }) => sum + length, 0);
  }

  /** The next share; its rewards are those that the whole plan gives. */
  give(): TaskShare {
    const first = this.#next;
    this.#next = this.#isWhole ? this.#plan.suffixes.length : first + 1;
    return { task: this, plan: this.#isWhole ? this.#plan : shareOf(this.#plan, first), first };
  }

  found({ first }: TaskShare, rewards: Float32Array): void {
    this.#found.set(rewards, first);
    this.#missing -= rewards.length;
    if (this.#missing === 0) this.#resolve(this.#found);
  }

  /** Nothing more of it is given out. */
  fail(error: Error): void {
    this.#next = this.#plan.suffixes.length;
    this.#hasFailed = true;
    this.#reject(error);
  }
}

function shareOf({ prefix, suffixes, carried, card }: Plan, place: number): Plan {
  const suffix = suffixes[place];
  const after = card?.after[place] ?? false;
  const tokens = prefix.length + suffix.length + Number(after);
  const share: Plan = { prefix, suffixes: [suffix], suffixOf: [0], tokens, carried };
  return card ? { ...share, card: { ...card, after: [after] } } : share;
}
