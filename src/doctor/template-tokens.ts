import type { Check, Piece } from '../types.js';

export interface TemplateTokens {
  template: string;
  /** All that the template writes around words. */
  pieces: readonly Piece[];
  /** Spellings that the tokenizer has as one token. */
  known: ReadonlyMap<string, number>;
  /** Spellings that the tokenizer calls special. */
  special: readonly string[];
  /** The ids of a text as plain words. */
  encode(text: string): number[];
}

const LOOKS_SPECIAL = /<\|[^|<>\s]+\|>/g;

/** Whether each special token of the template is one token of this tokenizer, and none is written as words. */
export function templateTokensCheck({ template, pieces, known, special, encode }: TemplateTokens): Check {
  const set = [...new Set(pieces.flatMap((piece) => ('special' in piece ? [piece.special] : [])))];
  const words = pieces.map((piece) => ('text' in piece ? piece.text : '')).join('\n');
  const lacking = set.filter((spelling) => !known.has(spelling));
  const spelt = [
    ...new Set([...(words.match(LOOKS_SPECIAL) ?? []), ...special.filter((token) => words.includes(token))]),
  ];
  const split = [...lacking, ...spelt].map((spelling) => `${spelling} splits into ${encode(spelling).length} tokens`);
  return {
    check: 'template',
    verdict: split.length > 0 ? 'fail' : 'ok',
    found: split.length > 0 ? `${template}: ${split.join(', ')}` : `${template}: ${told(set, known)}`,
    ...(split.length > 0 && { remedy: 'choose a --template whose special tokens this tokenizer has' }),
    details: {
      template,
      tokens: Object.fromEntries(set.map((spelling) => [spelling, known.get(spelling) ?? null])),
      spelt,
    },
  };
}

function told(set: readonly string[], known: ReadonlyMap<string, number>): string {
  if (set.length === 0) return 'no special tokens';
  return set.map((spelling) => `${spelling} is ${known.get(spelling)}`).join(', ');
}
