import { byCodeUnits } from './by-code-units.js';

/** Compares names of things that may be numbered: short ones first, so that row 9 comes before row 10. */
export function shortestFirst(a: string, b: string): number {
  return a.length - b.length || byCodeUnits(a, b);
}
