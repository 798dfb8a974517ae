import { byCodeUnits } from './by-code-units.js';

/** Compares names by length, then by code units: row 9 comes before row 10. */
export function shortestFirst(a: string, b: string): number {
  return a.length - b.length || byCodeUnits(a, b);
}
