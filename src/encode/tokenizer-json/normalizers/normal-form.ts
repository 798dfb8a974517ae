import { NOT_NORMALIZED } from './older-unicode.js';

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

const AROUND = new RegExp(`(${NOT_NORMALIZED})`, 'v');

/** Characters that the Rust library does not know stay as they are, and nothing moves over them. */
export function normalForm(text: string, form: NormalForm): string {
  return text
    .split(AROUND)
    .map((part, i) => (i % 2 === 0 ? part.normalize(form) : part))
    .join('');
}
