import type { Card } from '../../../model/graph-contract.js';

/** What the reward of a text is read from. */
export interface CardText {
  ids: Int32Array;
  /** Whether it is read at one more token, the last of the row that the class fills up. */
  after: boolean;
}

/**
 * What the class on the card of a Starling-RM reads of a text. It fills the row with `fillId` up to the maximum length, looks for
 * the first `padId`, and reads the token before it: index -1, the row's last, if that is the row's first token, and the last token
 * too where there is none. The 7B's class looks for `tokenizer('<unk>').input_ids[0]`, which is BOS, the first token of
 * every row: it reads the last of the tokens that fill the row up. These attend to the text alone, so that one of them is all that
 * has to be computed. The 34B's class looks for the id that it fills with, and reads the text's last token, or an earlier one if
 * the text itself holds that id.
 */
export function cardText(ids: Int32Array, { padId, fillId, maxLength }: Card): CardText {
  const pad = ids.indexOf(padId);
  if (pad > 0) return { ids: ids.slice(0, pad), after: false };
  const isFilled = ids.length < maxLength;
  if (pad < 0 && padId === fillId && isFilled) return { ids, after: false };
  return { ids, after: isFilled };
}
