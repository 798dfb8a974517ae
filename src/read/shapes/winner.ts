/** The names of one of the answers that a label may name as the winner. */
export interface Contestant {
  /** The field that it was read from, if it has one of its own. */
  field?: string;
  model?: string;
}

const TIES: ReadonlySet<string> = new Set(
  'tie tied draw equal same both bothgood bothbad tiebothbad tiebothgood neither'.split(' '),
);
/** What data sets put before the letter of an answer: `model_a`, `Response B`, `assistant_a`. */
const BEFORE_LETTER = /^(?:model|answer|response|assistant|output|option|conversation|completion|candidate|side)/;
/** Verdicts of judges that compare two answers: `A>B`, `B >> A`, `A=B`. */
const COMPARED = /^\W*([ab])\s*(>+|<+|=+)\s*([ab])\W*$/i;

const FIRST_LETTER = 'a'.charCodeAt(0);

/**
 * The ranks of the answers by a label that names the best one: 1 for the winner, 2 for all others, 1 for all in a tie. The winner is the
 * name of its field, its letter (`A`, `model_b`, `[[A]]`) or its model, in any case and with any punctuation.
 * @returns `undefined` if the label names none of the answers, or the model of several
 */
export function winnerRanks(label: string, contestants: readonly Contestant[]): number[] | undefined {
  const compared = COMPARED.exec(label);
  if (compared !== null) return contestants.length === 2 ? ranksOfComparison(compared) : undefined;
  const said = letters(label);
  if (TIES.has(said)) return contestants.map(() => 1);
  const winner = only(contestants, ({ field }) => field !== undefined && letters(field) === said);
  const lettered = said.replace(BEFORE_LETTER, '').charCodeAt(0) - FIRST_LETTER;
  const isLetter = said.replace(BEFORE_LETTER, '').length === 1 && lettered >= 0 && lettered < contestants.length;
  const best = winner ?? (isLetter ? lettered : only(contestants, ({ model }) => model === label));
  return best === undefined ? undefined : contestants.map((_, i) => (i === best ? 1 : 2));
}

function ranksOfComparison([, first, sign, second]: RegExpExecArray): number[] | undefined {
  if (first.toLowerCase() === second.toLowerCase()) return undefined;
  if (sign.startsWith('=')) return [1, 1];
  const winner = sign.startsWith('>') ? first : second;
  return winner.toLowerCase() === 'a' ? [1, 2] : [2, 1];
}

/** The position of the only item that fits. */
function only<Item>(items: readonly Item[], fits: (item: Item) => boolean): number | undefined {
  const first = items.findIndex(fits);
  return first === -1 || items.findLastIndex(fits) !== first ? undefined : first;
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}]/gu, '');
}
