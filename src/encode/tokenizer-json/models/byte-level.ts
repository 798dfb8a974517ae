/** A `ByteLevel` pre-tokenizer. */
export interface ByteLevelSettings {
  /** Whether a text that begins with no space gets one. */
  addPrefixSpace: boolean;
  /** Whether a text is split into the words of GPT-2; else it is one word. */
  useRegex: boolean;
}

/**
 * The words of GPT-2: contractions, letters, numbers, other characters, whitespace. Rust's `\s` is Unicode's White_Space, where
 * JavaScript's also has U+FEFF and lacks U+0085. Source: tokenizers, pre_tokenizers/byte_level.
 */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** The words of a text, as they stand in it. */
export function byteLevelWords(text: string, { addPrefixSpace, useRegex }: ByteLevelSettings): string[] {
  const whole = addPrefixSpace && !text.startsWith(' ') ? ` ${text}` : text;
  return useRegex ? (whole.match(WORDS) ?? []) : [whole];
}

/** How vocabularies of this kind spell a word: one visible character for each byte of its UTF-8. */
export function byteLevelSpelling(word: string): string {
  let spelling = '';
  for (const byte of Buffer.from(word)) spelling += CHARACTERS[byte];
  return spelling;
}

/** By byte: its own Latin-1 character if that is visible; the others are U+0100 and on, in their order. Source: GPT-2, encoder.py. */
const CHARACTERS: readonly string[] = (() => {
  let others = 0x100;
  return Array.from({ length: 0x100 }, (_, byte) => {
    const visible = /[!-~¡-¬®-ÿ]/.test(String.fromCharCode(byte));
    return String.fromCharCode(visible ? byte : others++);
  });
})();
