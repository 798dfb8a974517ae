import type { Check } from '../contracts/check.js';

export interface Bos {
  /** Ids of a whole text. */
  ids: ArrayLike<number>;
  /** Id of BOS, if the tokenizer has one. */
  bos: number | undefined;
  /** Whether the settings of the model folder add BOS before a text. */
  addBos: boolean;
  /** `add_bos_token` of tokenizer_config.json. */
  tokenizerAddsBos: boolean | undefined;
  /** Whether `convert` made the folder and can change the setting. */
  isConverted: boolean;
}

/** Checks how many BOS tokens a text begins with. */
export function bosCheck({ ids, bos, addBos, tokenizerAddsBos, isConverted }: Bos): Check {
  let count = 0;
  while (bos !== undefined && count < ids.length && ids[count] === bos) count++;
  const details = { bos: bos ?? null, count, add_bos: addBos, add_bos_token: tokenizerAddsBos ?? null };
  const found =
    bos === undefined ? 'the tokenizer has no BOS' : `a text begins with ${count === 0 ? 'no' : count} BOS (id ${bos})`;
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
    const exception = 'like Starling-RM-7B-alpha';
    const other = isConverted ? 'convert with --no-add-bos' : 'choose a --template without BOS';
    return `template and tokenizer both add BOS; unless the model was trained with both, ${exception}, ${other}`;
  }
  if (count === 0 && tokenizerAddsBos && !addBos) {
    const other = isConverted ? 'convert with --add-bos' : 'choose a --template with BOS';
    return `tokenizer_config.json has add_bos_token true; ${other} if the model was trained with BOS`;
  }
  return undefined;
}
