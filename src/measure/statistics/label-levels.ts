/** For each label its place, from 0, among the row's distinct labels: [1, 4, 4, 2.5] gives [0, 2, 2, 1]. */
export function labelLevels(labels: readonly number[]): number[] {
  const distinct = [...new Set(labels)].sort((a, b) => a - b);
  const levels = new Map(distinct.map((label, level) => [label, level]));
  return labels.map((label) => levels.get(label) ?? 0);
}
