import type { Card } from '../../../model/graph-contract.js';

/** The ids of a text that determine its reward. */
export interface CardText {
  ids: Int32Array;
  /** Whether the head reads one more token: the last padding token, at the maximum length. */
  after: boolean;
}

/**
 * The readout of the class on a Starling-RM's card. The class pads the ids with `fillId` to the maximum length, finds the first `padId`,
 * and reads the token before it. If the first token is `padId`, or no token is, it reads the last token of the padded ids (index -1).
 *
 * The 7B's class searches `tokenizer('<unk>').input_ids[0]`. That is BOS, the first token of every text, so the class reads the last
 * padding token. Padding tokens attend only to the text, so only the last one has to be computed. The 34B's class searches the id that it
 * pads with. It reads the text's last token, or an earlier one if the text itself contains that id.
 */
export function cardText(ids: Int32Array, { padId, fillId, maxLength }: Card): CardText {
  const pad = ids.indexOf(padId);
  if (pad > 0) return { ids: ids.slice(0, pad), after: false };
  const isFilled = ids.length < maxLength;
  if (pad < 0 && padId === fillId && isFilled) return { ids, after: false };
  return { ids, after: isFilled };
}
