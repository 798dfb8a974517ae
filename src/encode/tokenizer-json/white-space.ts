const WHITE_SPACE = /\p{White_Space}/u;

/** The text without Unicode White_Space at its start, which Rust's `\s` matches. `trimStart` would also remove U+FEFF. */
export function withoutLeadingSpace(text: string): string {
  let start = 0;
  while (start < text.length && WHITE_SPACE.test(text[start])) start++;
  return text.slice(start);
}

/** The text without Unicode White_Space at its end. */
export function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && WHITE_SPACE.test(text[end - 1])) end--;
  return text.slice(0, end);
}
