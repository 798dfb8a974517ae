/** A token that HF tokenizers find in the text before its words are looked at. Flags as in tokenizer.json. */
export interface AddedToken {
  id: number;
  content: string;
  /** Whether it is there to mark structure; others are vocabulary that was added later. */
  special: boolean;
  /** Whether whitespace before, or after, the token is part of it. */
  lstrip: boolean;
  rstrip: boolean;
  /** Whether it is looked for after the normalizer, in its normalized spelling. */
  normalized: boolean;
}
