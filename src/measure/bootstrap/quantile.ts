/**
 * The p-quantile, 0 <= p <= 1, of ascending values (at least one), interpolated linearly at index (n - 1) p: type 7 of "Sample Quantiles in
 * Statistical Packages" (The American Statistician 50, 1996), the default of numpy and R.
 */
export function quantile(ascending: ArrayLike<number>, p: number): number {
  const place = (ascending.length - 1) * p;
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (ascending[above] - ascending[below]) * (place - below);
}
