/**
 * The number of tokens in every run over a model is a multiple of this. Prefixes are planned so, and suffixes are padded. For a single
 * query row, or a last odd one, the runtime uses kernels that sum in another order (flash attention's one-row tile, one-token decoding);
 * for an even number it never does. So the bits of a reward do not depend on where a row was split.
 */
export const RUN_MULTIPLE = 2;

/** Padding of short texts by the code on a model's card, see `engines/local/plan/card.ts`. */
export interface Card {
  /** The id that the code searches for to find the end of the text. */
  padId: number;
  /** The id that the code pads texts with. */
  fillId: number;
  /** Number of tokens that the code pads texts to. */
  maxLength: number;
}

/** How a sequence-classification graph of another tool is run. A field is undefined if the files do not tell it. */
export interface ExternalGraph {
  /** The id that pads the shorter texts of a batch. */
  padId: number;
  /** Whether the weights are float16, by the folder's files. */
  isHalf?: boolean;
  /** Index of the logit that is the reward, if there are several. */
  logit?: number;
  /** If the graph has the input `token_type_ids`: tokens after the first one with this id are of type 1. */
  separatorId?: number;
}
