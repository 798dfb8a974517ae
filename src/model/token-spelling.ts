import { isObject } from '../json/json-object.js';

/** The spelling of a token in tokenizer files: `"<s>"`, or in older files `{ "content": "<s>", … }`. */
export function tokenSpelling(token: unknown): string | undefined {
  const spelling = isObject(token) ? token.content : token;
  return typeof spelling === 'string' ? spelling : undefined;
}
