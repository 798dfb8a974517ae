/** Rows, prompts and comparisons of a slice. */
export class SliceCounts {
  rows = 0;
  comparisons = 0;
  readonly #clusters = new Set<number>();
  #last = -1;

  /** Adds comparisons of a row. All calls for the same row must be consecutive. */
  add(row: number, cluster: number, comparisons: number): void {
    this.comparisons += comparisons;
    if (row === this.#last) return;
    this.#last = row;
    this.rows += 1;
    this.#clusters.add(cluster);
  }

  counts(): { rows: number; clusters: number; comparisons: number } {
    return { rows: this.rows, clusters: this.#clusters.size, comparisons: this.comparisons };
  }
}
