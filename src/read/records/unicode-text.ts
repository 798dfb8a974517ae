import { RowError } from '../../contracts/errors.js';
import type { RowPlace } from './row-place.js';

/** Half of a surrogate pair, which JSON can escape: `"\ud800"`. Such text has no UTF-8 form and so no tokens. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Checks that a text is valid Unicode. @throws RowError E_FIELD */
export function unicodeText(text: string, field: string, place: RowPlace): string {
  const at = text.search(LONE_SURROGATE);
  if (at === -1) return text;
  const half = `\\u${text.charCodeAt(at).toString(16)}`;
  const message = `the text holds ${half}, half of a surrogate pair, which is not a character; remove it`;
  throw new RowError('E_FIELD', message, { ...place, field });
}
