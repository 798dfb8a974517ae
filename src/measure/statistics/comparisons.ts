/** Calls `visit` with the positions of every pair whose labels differ, the one with the better (lower) label first. */
export function forEachComparison(labels: readonly number[], visit: (better: number, worse: number) => void): void {
  for (let i = 0; i < labels.length; i++) {
    for (let j = i + 1; j < labels.length; j++) {
      if (labels[i] < labels[j]) visit(i, j);
      else if (labels[i] > labels[j]) visit(j, i);
    }
  }
}
