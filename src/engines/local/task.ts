import type { Plan } from './plan/plan-types.js';

/** The part of a task that one worker runs. */
export interface TaskShare {
  task: Task;
  plan: Plan;
  /** Index of its first suffix among the suffixes of the task. */
  first: number;
}

/** A plan whose suffixes are given out one by one, so that several workers can share it. */
export class Task {
  /** Resolves to the rewards of all suffixes, in order. */
  readonly rewards: Promise<Float32Array>;
  readonly #plan: Plan;
  readonly #isWhole: boolean;
  readonly #found: Float32Array;
  #next = 0;
  #missing: number;
  #resolve: (rewards: Float32Array) => void = () => {};
  #reject: (error: Error) => void = () => {};

  /** @param isWhole whether one worker runs the whole plan */
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

  /** Whether all suffixes were given out. */
  get isGiven(): boolean {
    return this.#next === this.#plan.suffixes.length;
  }

  /** Tokens of the suffixes that were not given out. */
  get tokensLeft(): number {
    return this.#plan.suffixes.slice(this.#next).reduce((sum, { length }) => sum + length, 0);
  }

  /** The next share. Its rewards have the same bits as in the whole plan. */
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

  /** Rejects the rewards and gives out no further share. */
  fail(error: Error): void {
    this.#next = this.#plan.suffixes.length;
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
