import { nameMatcher } from './name-pattern.js';

/**
 * Makes a test of whether a path, with folders joined by `/`, matches a pattern. Each part of the pattern is one for names, and `**`
 * stands for folders of any depth, or at the end for all files below.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const parts = pattern.split('/').map((part) => (part === '**' ? undefined : nameMatcher(part)));
  return (path) => matches(parts, path.split('/'));
}

/** @param parts `undefined` stands for folders of any depth */
function matches(
  [part, ...rest]: readonly (((name: string) => boolean) | undefined)[],
  names: readonly string[],
): boolean {
  if (part !== undefined) {
    if (names.length === 0 || !part(names[0])) return false;
    return rest.length === 0 ? names.length === 1 : matches(rest, names.slice(1));
  }
  if (rest.length === 0) return names.length > 0;
  return names.some((_, depth) => matches(rest, names.slice(depth)));
}
