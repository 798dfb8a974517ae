/** Of what is left of a name, the share that is its beginning: tried in this order. */
const BEGINNINGS = [0.6, 0.85, 1, 0.35];

/** Units of a name that are looked at. */
const LONGEST = 1000;

/** Names cut to `most` characters in the middle, at the first place that leaves them all different if there is one. */
export function shortNames(names: readonly string[], most: number): string[] {
  const tried = BEGINNINGS.map((beginning) => names.map((name) => shortName(name, most, beginning)));
  const different = (short: readonly string[]) => new Set(short).size;
  return tried.reduce((a, b) => (different(b) > different(a) ? b : a));
}

function shortName(name: string, most: number, beginning: number): string {
  const characters = [...name.slice(0, LONGEST)];
  if (characters.length <= most) return characters.join('');
  const head = Math.round((most - 1) * beginning);
  const tail = characters.slice(characters.length - (most - 1 - head));
  return `${characters.slice(0, head).join('')}…${head === most - 1 ? '' : tail.join('')}`;
}
