import { Buffer } from 'node:buffer';
import type { JsonNode } from '../../../json/json-node.js';
import { libraryNormalizer } from '../library-parts.js';
import { withoutLeadingSpace, withoutTrailingSpace } from '../white-space.js';
import { bertNormalizer } from './bert-normalizer.js';
import { Charsmap } from './charsmap.js';
import { lowercase } from './lowercase.js';
import { normalForm } from './normal-form.js';
import { MARK } from './older-unicode.js';

export type Normalize = (text: string) => string;

/**
 * The supported normalizers. `Prepend` and `Replace` come from @huggingface/tokenizers. Its others differ from the Rust library, so they
 * are implemented here.
 */
const MAKERS: Readonly<Record<string, (settings: JsonNode) => Normalize>> = {
  BertNormalizer: bertNormalizer,
  Lowercase: () => lowercase,
  NFC: () => (text) => normalForm(text, 'NFC'),
  NFD: () => (text) => normalForm(text, 'NFD'),
  NFKC: () => (text) => normalForm(text, 'NFKC'),
  NFKD: () => (text) => normalForm(text, 'NFKD'),
  Precompiled: precompiled,
  Prepend: (settings) => libraryNormalizer(settings.object(), settings.source.file),
  Replace: (settings) => libraryNormalizer(settings.object(), settings.source.file),
  Sequence: (settings) => inTurn(settings.at('normalizers').items().map(normalizer)),
  Strip: strip,
  StripAccents: () => withoutMarks,
};

/**
 * The `normalizer` of a tokenizer.json, with the texts of HF tokenizers.
 * @throws StarlingError E_MODEL with the field that asks for an unsupported normalizer
 */
export function normalizer(settings: JsonNode): Normalize {
  if (settings.absent) return (text) => text;
  const type = settings.at('type');
  type.oneOf(Object.keys(MAKERS));
  return MAKERS[type.text()](settings);
}

function inTurn(steps: readonly Normalize[]): Normalize {
  return (text) => steps.reduce((done, step) => step(done), text);
}

const MARKS = new RegExp(MARK, 'gv');

function withoutMarks(text: string): string {
  return text.replace(MARKS, '');
}

function strip(settings: JsonNode): Normalize {
  const left = settings.at('strip_left').flag(true);
  const right = settings.at('strip_right').flag(true);
  return (text) => {
    const rest = left ? withoutLeadingSpace(text) : text;
    return right ? withoutTrailingSpace(rest) : rest;
  };
}

function precompiled(settings: JsonNode): Normalize {
  const node = settings.at('precompiled_charsmap');
  const charsmap = Charsmap.read(Buffer.from(node.text(), 'base64'));
  if (charsmap === undefined) return node.refuse('a character map of SentencePiece in base64');
  return (text) => charsmap.normalized(text);
}
