import { NOT_NORMALIZED } from './older-unicode.js';

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

const AROUND = new RegExp(`(${NOT_NORMALIZED})`, 'v');

/** Normalizes a text. Characters newer than the Rust library's tables stay unchanged, and no mark is reordered across them. */
export function normalForm(text: string, form: NormalForm): string {
  return text
    .split(AROUND)
    .map((part, i) => (i % 2 === 0 ? part.normalize(form) : part))
    .join('');
}
