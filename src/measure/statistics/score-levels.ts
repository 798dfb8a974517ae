/** Positions grouped by equal score, from the best score to the worst. */
export function scoreLevels(scores: readonly number[]): number[][] {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const levels: number[][] = [];
  for (const i of order) {
    const level = levels.at(-1);
    if (level !== undefined && scores[level[0]] === scores[i]) level.push(i);
    else levels.push([i]);
  }
  return levels;
}
