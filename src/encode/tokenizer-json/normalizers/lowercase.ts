/** Letter by letter, as the Rust library does it: JavaScript alone has another small sigma for the end of a word. */
export function lowercase(text: string): string {
  return text
    .split('Σ')
    .map((part) => part.toLowerCase())
    .join('σ');
}
