import { isObject } from '../json/json-object.js';

/** A token as tokenizer files name it: `"<s>"`, or in older files `{ "content": "<s>", … }`. */
export function tokenSpelling(token: unknown): string | undefined {
  const spelling = isObject(token) ? token.content : token;
  return typeof spelling === 'string' ? spelling : undefined;
}
