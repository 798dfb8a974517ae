import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Encoder } from '../../../src/encode/encoder.js';
import { loadTokenizer } from '../../../src/encode/tokenizer-json/tokenizer.js';
import { makeTemplate } from '../../../src/template/templates.js';
import { MODEL } from '../../root.js';
import { writeOpenchatTokenizer } from '../openchat-tokenizer.js';
import { type HfCase, hfCases } from './hf-cases.js';

const cases = hfCases();

async function assertIds(name: HfCase['tokenizer'], folder: string): Promise<void> {
  const tokenizer = await loadTokenizer(folder);
  const encoders = new Map<string, Encoder>();
  const encoderOf = ({ template: name, trim, allowSpecial }: HfCase): Encoder => {
    const key = JSON.stringify([name, trim, allowSpecial]);
    const template = makeTemplate({ name, system: null, trim });
    const encoder =
      encoders.get(key) ?? new Encoder(tokenizer, { template, maxLength: 1e6, addBos: false, allowSpecial });
    encoders.set(key, encoder);
    return encoder;
  };
  const ofTokenizer = cases.filter((one) => one.tokenizer === name);
  assert.ok(ofTokenizer.length >= 60);
  for (const one of ofTokenizer) {
    const [{ ids }] = encoderOf(one).encodeRow(one.conversation, [one.answer]);
    assert.deepEqual([...ids], one.ids, JSON.stringify(one));
  }
}

test('ids are those of HF tokenizers: OpenChat', () => assertIds('openchat', writeOpenchatTokenizer()));

test('ids are those of HF tokenizers: embedded model', () => assertIds('mini', MODEL));
