import type { Check } from '../contracts/check.js';

export interface Bos {
  /** Of a whole text. */
  ids: ArrayLike<number>;
  bos: number | undefined;
  /** Whether the model folder has BOS put before a text. */
  addBos: boolean;
  /** What tokenizer_config.json says of that. */
  tokenizerAddsBos: boolean | undefined;
  /** Whether `convert` made the folder, and so can make it otherwise. */
  isConverted: boolean;
}

/** How many BOS a text begins with: one where the model was trained with one. */
export function bosCheck({ ids, bos, addBos, tokenizerAddsBos, isConverted }: Bos): Check {
  let count = 0;
  while (bos !== undefined && count < ids.length && ids[count] === bos) count++;
  const details = { bos: bos ?? null, count, add_bos: addBos, add_bos_token: tokenizerAddsBos ?? null };
  const found =
    bos === undefined
      ? 'the tokenizer names no BOS'
      : `a text begins with ${count === 0 ? 'no' : count} BOS (id ${bos})`;
  const remedy = remedyFor(count, addBos, tokenizerAddsBos, isConverted);
  return {
    check: 'BOS',
    verdict: remedy === undefined ? 'ok' : 'warn',
    found,
    ...(remedy !== undefined && { remedy }),
    details,
  };
}

function remedyFor(
  count: number,
  addBos: boolean,
  tokenizerAddsBos: boolean | undefined,
  isConverted: boolean,
): string | undefined {
  if (count > 1) {
    const exception = 'as the card of Starling-RM-7B-alpha does';
    const other = isConverted ? 'convert with --no-add-bos' : 'name a --template that leaves it out';
    return `template and tokenizer both write it; right only if the model was trained so, ${exception}; else ${other}`;
  }
  if (count === 0 && tokenizerAddsBos && !addBos) {
    const other = isConverted ? 'convert with --add-bos' : 'name a --template that writes it';
    return `the tokenizer adds one elsewhere; ${other} if the model was trained so`;
  }
  return undefined;
}
