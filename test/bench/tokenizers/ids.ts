import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encoder } from '../../../src/encode/encoder.js';
import { pairIds } from '../../../src/encode/pair.js';
import { loadTokenizer, type TextTokenizer } from '../../../src/encode/tokenizer-json/tokenizer.js';
import { makeTemplate } from '../../../src/template/templates.js';
import { writeOpenchatTokenizer } from '../../encode/openchat-tokenizer.js';
import { hfCases } from '../../encode/tokenizer-json/hf-cases.js';
import { ORACLE, writeOracleTokenizer } from '../../encode/tokenizer-json/pieces-oracle.js';
import { MODEL } from '../../root.js';
import { idsOf, type RustLibrary, type RustTokenizer, withoutSpecials } from './rust.js';

/** Counts the texts for which each of the two gives the ids of the Python package of the Rust library. */
export interface Agreed {
  what: string;
  texts: number;
  ours: number;
  rust: number;
}

const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((id, i) => id === b[i]);
const fileOf = (folder: string) => readFileSync(join(folder, 'tokenizer.json'), 'utf8');

class Count implements Agreed {
  texts = 0;
  ours = 0;
  rust = 0;
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }

  add(expected: readonly number[], ours: readonly number[], rust: readonly number[]): void {
    this.texts++;
    this.ours += Number(same(ours, expected));
    this.rust += Number(same(rust, expected));
  }
}

/** The hard texts of test/oracles/pieces.py, each by eleven tokenizers. */
export async function hardTexts(library: RustLibrary): Promise<Agreed[]> {
  const asIs = new Count('hard texts, special tokens allowed');
  const asText = new Count('hard texts, special tokens as text: file as it is');
  const rewritten = new Count('hard texts, special tokens as text: file rewritten');
  const inTheMiddle = new Count('hard texts behind a special token, alone: file rewritten');
  for (const [name, { plain, special }] of Object.entries(ORACLE.tokenizers)) {
    const folder = writeOracleTokenizer(name);
    const tokenizer = await loadTokenizer(folder);
    const [allowed, denied] = [true, false].map((allowSpecial) =>
      tokenizer.runEncoder({ templateTokens: [], allowSpecial }),
    );
    const rust = library.Tokenizer.fromString(fileOf(folder));
    const rustPlain = library.Tokenizer.fromString(withoutSpecials(fileOf(folder)));
    const separator = tokenizer.specials().find((one) => one === '[SEP]' || one === '</s>') ?? '';
    for (const [i, text] of ORACLE.texts.entries()) {
      const [ofFile, ofRewritten] = [await idsOf(rust, text), await idsOf(rustPlain, text)];
      asIs.add(special[i] ?? plain[i], allowed(text, true), ofFile);
      asText.add(plain[i], denied(text, true), ofFile);
      rewritten.add(plain[i], denied(text, true), ofRewritten);
      // The ids of the run come from the whole text, which is possible only if the text has no other special token.
      if (special[i] !== null) continue;
      const [, ...behind] = await idsOf(rust, separator + text);
      inTheMiddle.add(behind, denied(text, false), ofRewritten);
    }
  }
  return [asIs, asText, rewritten, inTheMiddle];
}

/** The conversations of test/encode/tokenizer-json/hf_ids.py: whole texts at once, and run by run where special tokens are text. */
export async function jointTexts(library: RustLibrary): Promise<Agreed[]> {
  const whole = new Count('whole texts of conversations, special tokens allowed');
  const runs = new Count('the same, special tokens as text: run by run, file rewritten');
  const folders = { openchat: writeOpenchatTokenizer(), mini: MODEL };
  const opened = new Map<string, { tokenizer: TextTokenizer; rust: RustTokenizer; plain: RustTokenizer }>();
  for (const [name, folder] of Object.entries(folders)) {
    const json = fileOf(folder);
    const [rust, plain] = [json, withoutSpecials(json)].map((one) => library.Tokenizer.fromString(one));
    opened.set(name, { tokenizer: await loadTokenizer(folder), rust, plain });
  }
  for (const one of hfCases()) {
    const found = opened.get(one.tokenizer);
    if (found === undefined) continue;
    const { tokenizer, rust, plain } = found;
    const template = makeTemplate({ name: one.template, system: null, trim: one.trim });
    const { allowSpecial, conversation, answer } = one;
    const encoder = new Encoder(tokenizer, { template, maxLength: 1e6, addBos: false, allowSpecial });
    const [{ ids }] = encoder.encodeRow(conversation, [answer]);
    if (allowSpecial) whole.add(one.ids, [...ids], await idsOf(rust, encoder.text(conversation, answer)));
    else
      runs.add(
        one.ids,
        [...ids],
        await runByRun(tokenizer, plain, [...template.prompt(conversation), ...template.answer(answer, conversation)]),
      );
  }
  return [whole, runs];
}

async function runByRun(
  tokenizer: TextTokenizer,
  plain: RustTokenizer,
  pieces: readonly ({ special: string } | { text: string })[],
): Promise<number[]> {
  const ids: number[] = [];
  let run = '';
  for (const piece of pieces) {
    if ('text' in piece) run += piece.text;
    else {
      ids.push(...(await idsOf(plain, run)), tokenizer.token(piece.special).id);
      run = '';
    }
  }
  return [...ids, ...(await idsOf(plain, run))];
}

/** Pairs of hard texts, truncated to 16 tokens. Expected are the ids of `pairIds`, which test/encode/pair.test.ts checks against Python. */
export async function pairs(library: RustLibrary): Promise<Agreed> {
  const count = new Count('pairs of hard texts, cut to 16 tokens');
  const folder = writeOracleTokenizer('bert-cased');
  const tokenizer = await loadTokenizer(folder);
  const encode = tokenizer.runEncoder({ templateTokens: [], allowSpecial: true });
  const [cls, sep] = ['[CLS]', '[SEP]'].map((one) => tokenizer.token(one).id);
  const rust = library.Tokenizer.fromString(fileOf(folder));
  rust.setTruncation(16, { strategy: 'LongestFirst' });
  for (const [i, text] of ORACLE.texts.entries()) {
    const other = ORACLE.texts[(i + 1) % ORACLE.texts.length];
    const [first, second] = [text, other].map((one) => ({ words: encode(one, true), tokens: [sep] }));
    const expected = [...pairIds([cls], first, second, 16).ids];
    count.add(expected, expected, (await rust.encode(text, other, { addSpecialTokens: true })).getIds());
  }
  return count;
}
