import { RowError } from '../../contracts/errors.js';
import type { RowPlace } from './row-place.js';

/** JSON can escape half of a surrogate pair, `"\ud800"`. Such text has no UTF-8 and so no tokens. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The text itself, if it is Unicode. Throws a RowError E_FIELD if not. */
export function unicodeText(text: string, field: string, place: RowPlace): string {
  const at = text.search(LONE_SURROGATE);
  if (at === -1) return text;
  const half = `\\u${text.charCodeAt(at).toString(16)}`;
  const message = `the text holds ${half}, half of a surrogate pair, which is no character; remove it`;
  throw new RowError('E_FIELD', message, { ...place, field });
}
