/** A target of the project. */
export interface Bar {
  figure: string;
  /** undefined if not measured. */
  value: number | undefined;
  floor: number;
  aim: number;
  better: 'more' | 'less';
}

/** Which of its targets the figure reached. */
export function verdict({ value, floor, aim, better }: Bar): string {
  if (value === undefined) return 'not measured';
  const reaches = (bar: number) => (better === 'more' ? value >= bar : value <= bar);
  if (reaches(aim)) return 'aim met';
  return reaches(floor) ? 'floor met, aim not met' : 'NOT MET';
}

/** How many times slower a contender is than ours: [figure, slow, fast, floor, aim]. */
export const SPEED_BARS = [
  ["int8 against the card's way", 'card', 'ours-int8', 15, 25],
  ['int8 against the padded fp32 batch', 'padded', 'ours-int8', 4.5, 6.5],
  ['fp32 against the padded fp32 batch', 'padded', 'ours-fp32', 2.3, 2.8],
  ['int8 against transformers.js', 'transformers.js', 'ours-int8', 3, 5],
  ['int8 against torch', 'torch', 'ours-int8', 3, 5],
] as const;

/** Useful GFLOPS over those of the bare matrix products: [figure, ours, bare, floor, aim]. */
export const EFFICIENCY_BARS = [
  ['useful GFLOPS over the bare int8 matmuls', 'ours-int8', 'bare-int8', 0.55, 0.7],
  ['useful GFLOPS over the bare fp32 matmuls', 'ours-fp32', 'bare-fp32', 0.75, 0.85],
] as const;

export const START_BAR = { figure: 'process start to the ranking of two ten-word answers, s', floor: 1, aim: 0.5 };
export const GROWTH_BAR = { figure: 'peak memory, many rows against few', floor: 1.05, aim: 1.02 };
