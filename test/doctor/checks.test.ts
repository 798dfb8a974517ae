import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bitIdentityCheck } from '../../src/doctor/bit-identity.js';
import { bosCheck } from '../../src/doctor/bos.js';
import { betterAndWorse, builtInRows, longRow } from '../../src/doctor/built-in-rows.js';
import { headCheck } from '../../src/doctor/head.js';
import { memoryCheck } from '../../src/doctor/memory.js';
import { readoutCheck } from '../../src/doctor/readout.js';
import { senseCheck } from '../../src/doctor/sense.js';
import { speedCheck } from '../../src/doctor/speed.js';
import { templateTokensCheck } from '../../src/doctor/template-tokens.js';
import { truncationCheck } from '../../src/doctor/truncation.js';
import { NODE_VERSIONS, versionsCheck } from '../../src/doctor/versions.js';
import { ROOT } from '../root.js';

test('bit identity: one different bit fails', () => {
  const rewards = [0.1, Math.fround(0.2), 0];
  const check = bitIdentityCheck(rewards, [
    { way: 'alone', rewards: [...rewards] },
    { way: 'in reverse order', rewards: [0.1, Math.fround(0.2) + 2 ** -26, -0] },
  ]);
  assert.deepEqual([check.verdict, check.found], ['fail', '2 of 3 rewards differ in reverse order']);
  assert.equal(bitIdentityCheck(rewards, [{ way: 'alone', rewards }]).verdict, 'ok');
});

test('head: rewards must be finite and differ', () => {
  assert.equal(headCheck([1, 1, 1]).verdict, 'fail');
  assert.equal(headCheck([1, Number.NaN, 2]).found, 'some rewards are NaN or infinite');
  assert.equal(headCheck([1, 2]).verdict, 'ok');
});

test('sense: eight of ten pairs pass, and a tie does not count', () => {
  const pairs = (right: number) => Array.from({ length: 10 }, (_, i) => ({ better: i < right ? 1 : 0, worse: 0 }));
  assert.equal(senseCheck(pairs(8)).verdict, 'ok');
  assert.equal(senseCheck(pairs(7)).verdict, 'warn');
});

test('readout: an answer that the template does not close is a warning', () => {
  const readout = { readout: 'last-token', spelling: () => undefined, set: [2] };
  assert.equal(readoutCheck({ ...readout, ids: [1, 5, 2] }).verdict, 'ok');
  const open = readoutCheck({ ...readout, ids: [1, 5, 7] });
  assert.deepEqual([open.verdict, open.found], ['warn', 'last-token; a text of 3 tokens ends with a token (id 7)']);
  const after = readoutCheck({ ...readout, readout: 'card', ids: [1, 2], after: { id: 0, position: 99 } });
  assert.equal(after.found, 'card; a text of 2 tokens ends with a token (id 2), read at a token (id 0) at position 99');
});

test('truncation: a truncated text keeps its end and BOS, and has the maximum length', () => {
  const cut = { maxLength: 4, maxPositions: 8, isPair: false, short: [1, 5, 6, 7], bos: 1 };
  assert.equal(truncationCheck({ ...cut, long: [1, 9, 6, 7] }).verdict, 'ok');
  assert.match(truncationCheck({ ...cut, long: [9, 9, 6, 7] }).found, /loses BOS$/);
  assert.match(truncationCheck({ ...cut, long: [1, 5, 9, 9] }).found, /loses its end$/);
  assert.match(truncationCheck({ ...cut, long: [1, 9, 9, 6, 7] }).found, /has 5 tokens$/);
  assert.equal(truncationCheck({ ...cut, bos: undefined, long: [9, 9, 6, 7] }).verdict, 'ok');
  const pair = { ...cut, isPair: true, maxPositions: Number.POSITIVE_INFINITY };
  assert.match(truncationCheck({ ...pair, long: [1, 9, 9, 7] }).found, /^both texts .* any number of positions/);
  assert.match(truncationCheck({ ...pair, long: [1, 9, 6, 9] }).found, /loses its end$/);
});

test('template: a special token written as plain text splits into tokens', () => {
  const tokens = { template: 'mine', known: new Map([['</s>', 2]]), encode: (text: string) => [...text].map(() => 0) };
  const check = (special: string[], ...pieces: ({ text: string } | { special: string })[]) =>
    templateTokensCheck({ ...tokens, pieces, special }).found;
  assert.equal(check(['</s>'], { text: 'Hi ' }, { special: '</s>' }), 'mine: </s> is 2');
  assert.equal(check(['</s>'], { text: 'Hi </s>' }), 'mine: </s> splits into 4 tokens');
  assert.equal(
    check([], { text: '<|eot_id|>' }, { special: '<s>' }),
    'mine: <s> splits into 3 tokens, <|eot_id|> splits into 10 tokens',
  );
  assert.equal(check([], { text: 'a < b |> c' }), 'mine: no special tokens');
});

test('versions: a Node outside of the range in package.json fails', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.equal(NODE_VERSIONS, engines.node);
  const fails = (node: string) => versionsCheck({ starling_rm: '1', node, onnxruntime: '1' }).verdict === 'fail';
  const refused = ['18.19.0', '20.9.1', '20.10.0', '20.14.9', '21.0.0', '21.7.3', '22.0.0', '22.1.0'];
  assert.deepEqual(refused.filter(fails), refused);
  const taken = ['20.15.0', '20.19.4', '22.2.0', '22.12.1', '23.0.0', '24.1.0', '100.0.0'];
  assert.deepEqual(taken.filter(fails), []);
});

test('memory: the estimate grows with workers, weights and maximum length', () => {
  const needed = (changes: object) => {
    const memory = { workers: 1, weights: 4e9, cachePerToken: 1e6, maxLength: 2048, available: 1e12 };
    return Number(memoryCheck({ ...memory, ...changes }).details?.needed_bytes);
  };
  assert.equal(needed({}), 200e6 + 6e9 + 2 * 2048e6);
  assert.equal(needed({ workers: 3 }) - needed({ workers: 2 }), 6e9 + 2 * 2048e6);
});

test('speed: the time for a million answers is in hours or days', () => {
  const found = (tokens: number) => speedCheck({ tokens, answers: 7, seconds: 1, workers: 1 }).found;
  assert.equal(found(20_000), '20,000 tokens/s; a million answers of 300 tokens take 4.2 hours');
  assert.equal(found(60), '60 tokens/s; a million answers of 300 tokens take 58 days');
});

test('the built-in rows have the properties that the checks rely on', () => {
  const rows = builtInRows();
  assert.equal(rows.length, 10);
  const pairs = betterAndWorse();
  const longer = rows.filter(
    ({ answers }, i) => answers[pairs[i].better].text.length > answers[pairs[i].worse].text.length,
  );
  assert.ok(longer.length >= 4 && longer.length < 8, 'picking the longer answer does not pass the sense check');
  assert.ok(rows.some(({ answers }) => new Set(answers.map(({ text }) => text)).size < answers.length));
  assert.equal(
    new Set(
      [0, 1].flatMap((index) => longRow(index).answers.map(({ text }) => longRow(index).conversation[0].text + text)),
    ).size,
    14,
  );
});

test('BOS: two of them are a warning with a remedy', () => {
  const twice = { ids: [1, 1, 5], bos: 1, addBos: true, tokenizerAddsBos: true };
  assert.match(
    bosCheck({ ...twice, isConverted: true }).remedy ?? '',
    /unless the model was trained with both, like Starling-RM-7B-alpha, convert with --no-add-bos$/,
  );
  assert.match(
    bosCheck({ ...twice, isConverted: false }).remedy ?? '',
    /like Starling-RM-7B-alpha, choose a --template without BOS$/,
  );
  assert.equal(bosCheck({ ...twice, ids: [1, 5], isConverted: true }).verdict, 'ok');
});
