/** A range with round ends, and the ticks on it. */
export interface Scale {
  domain: [number, number];
  ticks: number[];
}

const STEPS = [1, 2, 5, 10];

/** Least span, as a share of the greatest value: below it, ticks of twelve digits would be equal. */
const LEAST_SPAN = 1e-9;
/** Far above the subnormal numbers, which lose digits. */
const TINIEST_SPAN = 1e-290;

/** A range between multiples of a round step that contains all values, with about as many ticks as asked for. */
export function roundScale(values: readonly number[], ticks: number): Scale {
  const [least, greatest] = extent(values);
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const span = Math.max(greatest - least || size || 1, LEAST_SPAN * size, TINIEST_SPAN);
  const power = 10 ** Math.floor(Math.log10(span / ticks));
  const step = power * (STEPS.find((one) => one * power * ticks >= span) ?? 10);
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(greatest / step));
  const all = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { domain: [all[0], all[all.length - 1]], ticks: all };
}

function extent(values: readonly number[]): [number, number] {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const greatest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return [least, greatest];
}

/** Whole numbers from `first` to `last`, thinned to at most `most`. */
export function countTicks(first: number, last: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((last - first) / (most - 1)));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}
