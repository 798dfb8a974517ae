/** Lowercases letter by letter, as the Rust library does. JavaScript's `toLowerCase` writes a final sigma at the end of a word. */
export function lowercase(text: string): string {
  return text
    .split('Σ')
    .map((part) => part.toLowerCase())
    .join('σ');
}
