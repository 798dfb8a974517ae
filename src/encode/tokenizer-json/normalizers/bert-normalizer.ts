import type { JsonNode } from '../../../json/json-node.js';
import { lowercase } from './lowercase.js';
import { normalForm } from './normal-form.js';
import { CONTROL, NONSPACING_MARK } from './older-unicode.js';

const CONTROLS = new RegExp(CONTROL, 'gv');
const SPACES = /\p{White_Space}/gu;
const ACCENTS = new RegExp(NONSPACING_MARK, 'gv');

/** Blocks of Chinese characters. As in the source, U+2B820 to U+2B91F are left out. Source: tokenizers, normalizers/bert. */
const CHINESE =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * The `BertNormalizer`. That of @huggingface/tokenizers has other classes of control and Chinese characters, and another order of steps.
 */
export function bertNormalizer(settings: JsonNode): (text: string) => string {
  const cleans = settings.at('clean_text').flag(true);
  const parts = settings.at('handle_chinese_chars').flag(true);
  const lowers = settings.at('lowercase').flag(true);
  const strips = settings.at('strip_accents').flag(lowers);
  return (text) => {
    let normal = text;
    if (cleans) normal = normal.replace(CONTROLS, '').replace(SPACES, ' ');
    if (parts) normal = normal.replace(CHINESE, ' $& ');
    if (strips) normal = normalForm(normal, 'NFD').replace(ACCENTS, '');
    return lowers ? lowercase(normal) : normal;
  };
}
