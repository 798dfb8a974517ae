/**
 * Every run over a model has a whole number of these tokens: a plan's prefix does, and a suffix that does not is filled up when it
 * is run. One query row alone, or a last odd one, goes through kernels of the runtime that add in another order (flash attention's
 * one-row tile, one-token decoding); an even number never does. So a reward's bits do not depend on where a row was split.
 */
export const RUN_MULTIPLE = 2;

/** What the class on a model's card does with a text that is shorter than the maximum length: see `engines/local/plan/card.ts`. */
export interface Card {
  /** The id that it looks for to find the end of the text. */
  padId: number;
  /** The id that it fills texts up with. */
  fillId: number;
  /** Tokens that it fills texts up to. */
  maxLength: number;
}

/** How a sequence-classification graph that other tools made is run; what is undefined has to be known otherwise. */
export interface ExternalGraph {
  /** The id that texts which are run together are filled up with. */
  padId: number;
  /** Whether its weights are of 16 bits, as far as its files say so. */
  isHalf?: boolean;
  /** Which of several logits is the reward. */
  logit?: number;
  /** Where the graph asks for kinds of tokens, those after the first of this id in a text are of the second. */
  separatorId?: number;
}
