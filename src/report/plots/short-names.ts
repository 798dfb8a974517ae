import { FONT_SIZE } from './theme.js';

/** Shares of a cut name that are its beginning; the others its end. Tried in this order. */
const BEGINNINGS = [0.6, 0.85, 1, 0.35];

/** Code units of a name that are looked at. */
const LONGEST = 1000;

/** Pixels of a usual letter. The font is unknown: most have narrower small letters, and capitals no broader than `BROAD` allows. */
const LETTER = 0.6 * FONT_SIZE;
/** Signs and letters as broad as capitals, and letters of scripts that fill a square. */
const BROAD = /[\p{Lu}mw@%&#<>=+~…]/u;
const SQUARE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;

/** Names cut in the middle to at most `width` pixels, at the place that keeps the most of them distinct. */
export function shortNames(names: readonly string[], width: number): string[] {
  const tried = BEGINNINGS.map((beginning) => names.map((name) => shortName(name, width, beginning)));
  const different = (short: readonly string[]) => new Set(short).size;
  return tried.reduce((a, b) => (different(b) > different(a) ? b : a));
}

function shortName(name: string, width: number, beginning: number): string {
  const characters = [...name.slice(0, LONGEST)];
  if (widthOf(characters) <= width) return characters.join('');
  const room = width - letterWidth('…');
  const head = fitting(characters, room * beginning);
  const tail = fitting(characters.toReversed(), room - widthOf(head)).reverse();
  return `${head.join('')}…${beginning === 1 ? '' : tail.join('')}`;
}

/** The longest beginning that is no wider than `width`. */
function fitting(characters: readonly string[], width: number): string[] {
  let left = width;
  const end = characters.findIndex((character) => {
    left -= letterWidth(character);
    return left < 0;
  });
  return characters.slice(0, end === -1 ? characters.length : end);
}

function widthOf(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + letterWidth(character), 0);
}

function letterWidth(character: string): number {
  if (SQUARE.test(character)) return 1.7 * LETTER;
  return BROAD.test(character) ? 1.4 * LETTER : LETTER;
}
