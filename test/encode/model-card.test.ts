import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../../src/contracts/row.js';
import { Encoder } from '../../src/encode/encoder.js';
import { loadTokenizer } from '../../src/encode/tokenizer-json/tokenizer.js';
import { makeTemplate } from '../../src/template/templates.js';
import { writeOpenchatTokenizer } from './openchat-tokenizer.js';

/** The three assertions of the Starling-LM-7B-alpha card: the ids of a prompt up to the start of the answer. */
const CARD: { what: string; name: string; conversation: Turn[]; ids: number[] }[] = [
  {
    what: 'single turn',
    name: 'openchat-3.5',
    conversation: [{ role: 'user', text: 'Hello' }],
    ids: [1, 420, 6316, 28781, 3198, 3123, 1247, 28747, 22557, 32000, 420, 6316, 28781, 3198, 3123, 21631, 28747],
  },
  {
    what: 'multi-turn',
    name: 'openchat-3.5',
    conversation: [
      { role: 'user', text: 'Hello' },
      { role: 'assistant', text: 'Hi' },
      { role: 'user', text: 'How are you today?' },
    ],
    ids: [
      1, 420, 6316, 28781, 3198, 3123, 1247, 28747, 22557, 32000, 420, 6316, 28781, 3198, 3123, 21631, 28747, 15359,
      32000, 420, 6316, 28781, 3198, 3123, 1247, 28747, 1602, 460, 368, 3154, 28804, 32000, 420, 6316, 28781, 3198,
      3123, 21631, 28747,
    ],
  },
  {
    what: 'coding',
    name: 'openchat-3.5-code',
    conversation: [{ role: 'user', text: 'Implement quicksort using C++' }],
    ids: [1, 7596, 1247, 28747, 26256, 2936, 7653, 1413, 334, 1680, 32000, 7596, 21631, 28747],
  },
];

for (const { what, name, conversation, ids } of CARD) {
  test(`the model card's assertion: ${what}`, async () => {
    const template = makeTemplate({ name, system: null, trim: false });
    const options = { template, maxLength: 4096, addBos: true, allowSpecial: false };
    const encoder = new Encoder(await loadTokenizer(writeOpenchatTokenizer()), options);
    const [{ ids: actual }] = encoder.encodeRow(conversation, ['Hi']);
    assert.deepEqual([...actual], [...ids, 15359, 32000]);
  });
}
