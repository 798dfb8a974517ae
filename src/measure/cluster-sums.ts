import type { Contribution } from './statistic.js';

const FIRST_CAPACITY = 256;

/**
 * A statistic's sums and counts, one of each a cluster: all that remains of the rows, 16 bytes a cluster.
 * Sums are added in the order of the rows, so another order can change their last bits and nothing more.
 */
export class ClusterSums {
  #sums = new Float64Array(FIRST_CAPACITY);
  #counts = new Float64Array(FIRST_CAPACITY);

  /** @param cluster from 0 */
  add(cluster: number, { sum, count }: Contribution): void {
    if (cluster >= this.#sums.length) this.#grow(cluster + 1);
    this.#sums[cluster] += sum;
    this.#counts[cluster] += count;
  }

  /** One sum for each of the first `clusters` clusters. A view: valid until the next `add`. */
  sums(clusters: number): Float64Array {
    if (clusters > this.#sums.length) this.#grow(clusters);
    return this.#sums.subarray(0, clusters);
  }

  /** One count for each of the first `clusters` clusters. A view: valid until the next `add`. */
  counts(clusters: number): Float64Array {
    if (clusters > this.#counts.length) this.#grow(clusters);
    return this.#counts.subarray(0, clusters);
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, this.#sums.length * 2);
    this.#sums = enlarged(this.#sums, capacity);
    this.#counts = enlarged(this.#counts, capacity);
  }
}

function enlarged(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(values);
  return larger;
}
