import type { Spread } from '../../contracts/export-summary.js';

/** Numbers that are held for the quartiles. */
const MOST_HELD = 20_000;

/**
 * The distribution of numbers of any count, in constant memory. Mean, least and most are those of all numbers. The quartiles are exact for
 * up to 20,000 numbers; of more, every second, fourth, eighth … one is held.
 */
export class SpreadCounter {
  #held: number[] = [];
  #stride = 1;
  #count = 0;
  #sum = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    if (this.#count % this.#stride === 0) this.#held.push(value);
    this.#count++;
    this.#sum += value;
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
    if (this.#held.length <= MOST_HELD) return;
    this.#held = this.#held.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  get spread(): Spread {
    const count = this.#count;
    if (count === 0) return { count, mean: null, least: null, lower: null, median: null, upper: null, most: null };
    const sorted = this.#held.toSorted((a, b) => a - b);
    const [lower, median, upper] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
    return { count, mean: this.#sum / count, least: this.#least, lower, median, upper, most: this.#most };
  }
}

/** Linear interpolation between the two nearest numbers. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)] - below);
}
