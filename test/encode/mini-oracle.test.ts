import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Turn } from '../../src/contracts/row.js';
import { Encoder } from '../../src/encode/encoder.js';
import { loadTokenizer } from '../../src/encode/tokenizer-json/tokenizer.js';
import { makeTemplate } from '../../src/template/templates.js';
import { SHARED, skipWithout } from '../root.js';

interface Expected {
  set: string;
  id: string;
  ids: number[][];
}

interface NectarRow {
  id: string;
  prompt: string;
  answers: { answer: string }[];
}

const checkpoint = join(SHARED, 'checkpoints/starling-rm-mini');
const oracle = join(SHARED, 'oracles/mini-scores.jsonl');
const data = join(SHARED, 'data');

function jsonLines<T>(text: string): T[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

function rowsOf(set: string): Map<string, NectarRow> {
  const text = gunzipSync(readFileSync(join(data, `${set.replace(/\.dev$/, '')}.dev.jsonl.gz`))).toString();
  return new Map(jsonLines<NectarRow>(text).map((row) => [row.id, row]));
}

/** `\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: `; the template strips the rest. */
function turnsOf(prompt: string): Turn[] {
  return prompt
    .split('\n\nHuman: ')
    .slice(1)
    .flatMap((segment): Turn[] => {
      const [user, ...replies] = segment.split('\n\nAssistant:');
      const reply = replies.join('\n\nAssistant:');
      const turns: Turn[] = [{ role: 'user', text: user }];
      return reply.trim() === '' ? turns : [...turns, { role: 'assistant', text: reply }];
    });
}

test('ids of every answer of the oracle', { skip: skipWithout(checkpoint, oracle, data) }, async () => {
  const template = makeTemplate({ name: 'chatml', system: null, trim: true });
  const options = { template, maxLength: 2048, addBos: false, allowSpecial: false };
  const encoder = new Encoder(await loadTokenizer(checkpoint), options);
  const expected = jsonLines<Expected>(readFileSync(oracle, 'utf8'));
  const sets = new Map([...new Set(expected.map(({ set }) => set))].map((set) => [set, rowsOf(set)]));
  for (const { set, id, ids } of expected) {
    const row = sets.get(set)?.get(id);
    assert.ok(row, `${set} ${id}`);
    const encoded = encoder.encodeRow(
      turnsOf(row.prompt),
      row.answers.map(({ answer }) => answer),
    );
    encoded.forEach((answer, i) => {
      assert.deepEqual([...answer.ids], ids[i], `${set} ${id} answer ${i}`);
      assert.ok(answer.cut === 0 || answer.ids.length === 2048, `${set} ${id} answer ${i}`);
    });
    assert.equal(encoded.length, ids.length);
  }
  assert.equal(expected.flatMap(({ ids }) => ids).length, 591);
});
