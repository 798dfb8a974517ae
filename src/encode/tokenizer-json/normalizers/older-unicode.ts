/**
 * Character classes of the Rust library's crates, for regular expressions with the flag `v`. The crates have tables of Unicode 8
 * (punctuation, control characters, nonspacing marks) and Unicode 12 (marks, normal forms). Newer characters belong to no class there, and
 * models were trained on the ids that follow from it. So the newer characters of JavaScript's classes are subtracted here. A range may span
 * characters of other classes. test/encode/tokenizer-json/normalizers/older-unicode.test.ts checks every character.
 */

const YOUNGER_PUNCTUATION = [
  String.raw`\u061d\u09fd-\u0a76\u0c77-\u0c84\u1b4e-\u1b4f\u1b7d-\u1b7f\u2e43-\u2e5d\u{10d6e}\u{10ead}-\u{10f89}`,
  String.raw`\u{113d4}-\u{1145d}\u{11660}-\u{116b9}\u{1183b}\u{11944}-\u{11b09}\u{11be1}-\u{11c71}\u{11ef7}-\u{11fff}`,
  String.raw`\u{12ff1}-\u{12ff2}\u{16d6d}-\u{16d6f}\u{16e97}-\u{16e9a}\u{16fe2}\u{1e5ff}\u{1e95e}-\u{1e95f}`,
].join('');

const YOUNGER_NONSPACING = [
  String.raw`\u07fd\u0897-\u08e1\u09fe\u0afa-\u0aff\u0b55\u0c04-\u0c3c\u0d00\u0d3b-\u0d3c\u0d81\u0eba\u0ece\u180f-\u1886`,
  String.raw`\u1abf-\u1aeb\u1df6-\u1dfb\ua82c\ua8c5\ua8ff\ua9bd\u{10d24}-\u{10d6d}\u{10eab}-\u{10f85}\u{11070}-\u{11074}`,
  String.raw`\u{110c2}\u{111c9}\u{111cf}\u{1123e}-\u{11241}\u{1133b}\u{113bb}-\u{1145e}\u{1182f}-\u{1183a}`,
  String.raw`\u{1193b}-\u{11b66}\u{11c30}-\u{11d97}\u{11ef3}-\u{11f5a}\u{13440}-\u{13455}\u{1611e}-\u{1612f}\u{16f4f}`,
  String.raw`\u{16fe4}\u{1cf00}-\u{1cf46}\u{1e000}-\u{1e136}\u{1e2ae}-\u{1e2ef}\u{1e4ec}-\u{1e4ef}\u{1e5ee}-\u{1e5ef}`,
  String.raw`\u{1e6e3}-\u{1e6f5}\u{1e944}-\u{1e94a}`,
].join('');

const YOUNGER_MARKS = [
  String.raw`\u07fd\u0897-\u08d3\u09fe\u0afa-\u0aff\u0b55\u0c04-\u0c3c\u0cf3-\u0d00\u0d3b-\u0d3c\u0d81\u0eba\u0ece\u1715`,
  String.raw`\u180f\u1abf-\u1aeb\u1cf7\u1df6-\u1dfa\ua82c\ua8ff\u{10d24}-\u{10d6d}\u{10eab}-\u{10f85}\u{11070}-\u{11074}`,
  String.raw`\u{110c2}\u{11145}-\u{11146}\u{111c9}\u{111ce}-\u{111cf}\u{11241}\u{1133b}\u{113b8}-\u{113e2}\u{1145e}`,
  String.raw`\u{1182c}-\u{1183a}\u{11930}-\u{11b67}\u{11d31}-\u{11d97}\u{11ef3}-\u{11f5a}\u{13440}-\u{13455}`,
  String.raw`\u{1611e}-\u{1612f}\u{16f4f}\u{16f7f}-\u{16f87}\u{16fe4}-\u{16ff1}\u{1cf00}-\u{1cf46}\u{1e08f}-\u{1e136}`,
  String.raw`\u{1e2ae}-\u{1e2ef}\u{1e4ec}-\u{1e4ef}\u{1e5ee}-\u{1e5ef}\u{1e6e3}-\u{1e6f5}`,
].join('');

const YOUNGER_NORMALIZED = [
  String.raw`\u07fd\u0897-\u089f\u08ca-\u08d3\u09fe\u0c3c\u0d3b-\u0d3c\u0eba\u1715\u1abf-\u1aeb\u1df6-\u1dfa\u32ff`,
  String.raw`\ua7f1-\ua7f4\ua82c\uab69\u{105c9}\u{105d2}\u{105da}\u{105e4}\u{10781}-\u{107ba}\u{10d24}-\u{10d27}`,
  String.raw`\u{10d69}-\u{10d6d}\u{10eab}-\u{10eac}\u{10efa}-\u{10efb}\u{10efd}-\u{10eff}\u{10f46}-\u{10f50}`,
  String.raw`\u{10f82}-\u{10f85}\u{11070}\u{1133b}\u{11382}-\u{11385}\u{1138b}-\u{11391}\u{113c2}-\u{113c8}`,
  String.raw`\u{113ce}-\u{113d0}\u{1145e}\u{11839}-\u{1183a}\u{11935}\u{11938}\u{1193d}-\u{1193e}\u{11943}\u{119e0}\u{11a34}`,
  String.raw`\u{11a47}\u{11a99}\u{11d42}\u{11d44}-\u{11d45}\u{11d97}\u{11f41}-\u{11f42}\u{1611e}\u{16121}-\u{16129}\u{1612f}`,
  String.raw`\u{16d63}\u{16d67}-\u{16d6a}\u{16ff0}-\u{16ff1}\u{1ccd6}-\u{1ccf9}\u{1e030}-\u{1e08f}\u{1e130}-\u{1e136}`,
  String.raw`\u{1e2ae}\u{1e2ec}-\u{1e2ef}\u{1e4ec}-\u{1e4ef}\u{1e5ee}-\u{1e5ef}\u{1e6e3}\u{1e6e6}\u{1e6ee}-\u{1e6ef}`,
  String.raw`\u{1e6f5}\u{1f16c}\u{1fbf0}-\u{1fbf9}`,
].join('');

/** Punctuation of BERT, which includes all ASCII symbols. Source: tokenizers, pre_tokenizers/bert and punctuation. */
export const PUNCTUATION = String.raw`[[\p{P}!-\/:-@\[-\`\{-~\u166d\u{111c9}]--[${YOUNGER_PUNCTUATION}]]`;

/** Characters that `clean_text` of BERT removes. Source: tokenizers, normalizers/bert. */
export const CONTROL = String.raw`[[\p{Cc}\p{Cf}\p{Co}\ufffd]--[\t\n\r\u0890-\u08e2\u{110cd}\u{13430}-\u{1343f}]]`;

/** Accents that `strip_accents` of BERT removes. */
export const NONSPACING_MARK = String.raw`[[\p{Mn}\u1734\u{1171e}]--[${YOUNGER_NONSPACING}]]`;

/** Marks that `StripAccents` removes. */
export const MARK = String.raw`[[\p{M}\u1cf2\u1cf3]--[${YOUNGER_MARKS}]]`;

/** Characters that normal forms neither change nor reorder, and across which they reorder no mark. */
export const NOT_NORMALIZED = `[${YOUNGER_NORMALIZED}]`;
