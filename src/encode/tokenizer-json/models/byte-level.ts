/** Settings of a `ByteLevel` pre-tokenizer. */
export interface ByteLevelSettings {
  /** Whether a space is added before a text that does not begin with one. */
  addPrefixSpace: boolean;
  /** Whether a text is split into the words of GPT-2. Otherwise it is one word. */
  useRegex: boolean;
}

/**
 * The words of GPT-2: contractions, letters, numbers, other characters, whitespace. Rust's `\s` is Unicode's White_Space, where
 * JavaScript's also has U+FEFF and lacks U+0085. Source: tokenizers, pre_tokenizers/byte_level.
 */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Splits a text into words, which keep their spelling. */
export function byteLevelWords(text: string, { addPrefixSpace, useRegex }: ByteLevelSettings): string[] {
  const whole = addPrefixSpace && !text.startsWith(' ') ? ` ${text}` : text;
  return useRegex ? (whole.match(WORDS) ?? []) : [whole];
}

/** The spelling of a word in a byte-level vocabulary: one visible character for each UTF-8 byte. */
export function byteLevelSpelling(word: string): string {
  let spelling = '';
  for (const byte of Buffer.from(word)) spelling += CHARACTERS[byte];
  return spelling;
}

/**
 * The character of each byte: its Latin-1 character if that is visible, else the next unused one from U+0100 on. Source: GPT-2, encoder.py.
 */
const CHARACTERS: readonly string[] = (() => {
  let others = 0x100;
  return Array.from({ length: 0x100 }, (_, byte) => {
    const visible = /[!-~¡-¬®-ÿ]/.test(String.fromCharCode(byte));
    return String.fromCharCode(visible ? byte : others++);
  });
})();
