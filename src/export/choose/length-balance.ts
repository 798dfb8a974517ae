import type { ChosenPair } from './chosen-row.js';
import { draw } from './draw.js';

/**
 * Leaves out pairs so that the longer answer is chosen as often as the shorter one. All pairs of the rarer kind and all of equal lengths
 * stay. Of the commoner kind as many are drawn as there are of the rarer one, each as likely as any other (selection sampling: Knuth, The
 * Art of Computer Programming, volume 2, algorithm 3.4.2 S). So all pairs are counted first, and passed again in the same order.
 */
export class LengthBalance {
  readonly #seed: number;
  #longer = 0;
  #shorter = 0;
  /** Pairs of the commoner kind that were passed, and how many of them stay. */
  #passed = 0;
  #kept = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Called for all pairs, before the first `keeps`. */
  count(pair: ChosenPair): void {
    const difference = lengthDifference(pair);
    if (difference > 0) this.#longer++;
    if (difference < 0) this.#shorter++;
  }

  /** Whether a pair stays. Called for the same pairs in the same order. */
  keeps(pair: ChosenPair): boolean {
    const difference = lengthDifference(pair);
    const commoner = this.#longer > this.#shorter ? 1 : -1;
    if (Math.sign(difference) !== commoner) return true;
    const left = Math.max(this.#longer, this.#shorter) - this.#passed++;
    const wanted = Math.min(this.#longer, this.#shorter) - this.#kept;
    if (draw(this.#seed, `balance:${this.#passed}`) * left >= wanted) return false;
    this.#kept++;
    return true;
  }
}

/** Code points that the chosen answer is longer than the rejected one. */
export function lengthDifference({ chosen, rejected }: ChosenPair): number {
  return chosen.length - rejected.length;
}
