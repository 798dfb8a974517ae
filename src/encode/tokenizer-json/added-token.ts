/** A token that HF tokenizers find in the text before pre-tokenization. Flags are those of tokenizer.json. */
export interface AddedToken {
  id: number;
  content: string;
  /** Whether it marks structure. Other added tokens are later additions to the vocabulary. */
  special: boolean;
  /** Whether the token absorbs the whitespace before it. */
  lstrip: boolean;
  /** Whether the token absorbs the whitespace after it. */
  rstrip: boolean;
  /** Whether it is searched after normalization, in its normalized spelling. */
  normalized: boolean;
}
