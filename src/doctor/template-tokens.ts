import type { Check } from '../contracts/check.js';
import type { Piece } from '../contracts/text.js';

export interface TemplateTokens extends WrittenTokens {
  template: string;
  /** The ids of a text encoded as plain text. Called for the results of `spelledAsWords`. */
  encode(text: string): number[];
}

interface WrittenTokens {
  /** All pieces that the template writes around texts. */
  pieces: readonly Piece[];
  /** Ids of the spellings that are one token of the tokenizer. */
  known: ReadonlyMap<string, number>;
  /** Spellings of the tokenizer's special tokens. */
  special: readonly string[];
}

const LOOKS_SPECIAL = /<\|[^|<>\s]+\|>/g;

/** Checks that each special token of the template is one token of this tokenizer, and that none is written as plain text. */
export function templateTokensCheck({ template, encode, ...written }: TemplateTokens): Check {
  const { known, pieces } = written;
  const set = tokensSet(pieces);
  const spelt = tokensSpelt(written);
  const split = spelledAsWords(written).map((spelling) => `${spelling} splits into ${encode(spelling).length} tokens`);
  return {
    check: 'template',
    verdict: split.length > 0 ? 'fail' : 'ok',
    found: split.length > 0 ? `${template}: ${split.join(', ')}` : `${template}: ${idsText(set, known)}`,
    ...(split.length > 0 && { remedy: 'choose a --template whose special tokens this tokenizer has' }),
    details: {
      template,
      tokens: Object.fromEntries(set.map((spelling) => [spelling, known.get(spelling) ?? null])),
      spelt,
    },
  };
}

/** Special tokens that the model reads as plain text: those that the tokenizer lacks, and those that the template writes as text. */
export function spelledAsWords(written: WrittenTokens): string[] {
  const lacking = tokensSet(written.pieces).filter((spelling) => !written.known.has(spelling));
  return [...lacking, ...tokensSpelt(written)];
}

function tokensSet(pieces: readonly Piece[]): string[] {
  return [...new Set(pieces.flatMap((piece) => ('special' in piece ? [piece.special] : [])))];
}

function tokensSpelt({ pieces, special }: WrittenTokens): string[] {
  const words = pieces.map((piece) => ('text' in piece ? piece.text : '')).join('\n');
  return [...new Set([...(words.match(LOOKS_SPECIAL) ?? []), ...special.filter((token) => words.includes(token))])];
}

function idsText(set: readonly string[], known: ReadonlyMap<string, number>): string {
  if (set.length === 0) return 'no special tokens';
  return set.map((spelling) => `${spelling} is ${known.get(spelling)}`).join(', ');
}
