import type { Check } from '../contracts/check.js';
import type { ModelJson } from '../model/model-json.js';

/** Checks that config.json and the tokenizer agree on BOS, EOS and PAD, and that every id has a row in the embedding. */
export function tokenIdsCheck({ special, ids, vocabularySize }: ModelJson): Check {
  const named = Object.entries(special).map(([name, { id, token }]) => ({
    name: name.toUpperCase(),
    config: id,
    token,
    tokenizer: token === undefined ? undefined : ids.get(token),
  }));
  const different = named.filter(
    ({ config, tokenizer }) => config !== undefined && tokenizer !== undefined && config !== tokenizer,
  );
  const most = Math.max(...ids.values());
  const outside = vocabularySize !== undefined && most >= vocabularySize;
  const tokenTexts = named.map(
    ({ name, config, token, tokenizer }) =>
      `${name} ${tokenizer ?? config ?? 'none'}${token === undefined ? '' : ` ${token}`}`,
  );
  const problem = outside
    ? `id ${most} of the tokenizer has no row in an embedding of ${vocabularySize}`
    : different
        .map(({ name, config, tokenizer }) => `${name} is ${config} in config.json, ${tokenizer} in the tokenizer`)
        .join(', ');
  return {
    check: 'token ids',
    verdict: outside ? 'fail' : different.length > 0 ? 'warn' : 'ok',
    found: problem === '' ? tokenTexts.join(', ') : problem,
    ...(problem !== '' && { remedy: 'take config.json and the tokenizer from the same checkpoint, and convert again' }),
    details: { tokens: named, highest_id: most, vocabulary_size: vocabularySize },
  };
}
