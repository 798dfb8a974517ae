import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScoreIdentity } from '../../src/contracts/identity.js';
import { scoringDifferences } from '../../src/runs/differences.js';
import { SCORED_BY } from '../report/evaluations.js';

const { date: _, ...IDENTITY } = SCORED_BY;
const OTHER_DIGEST = 'ab'.repeat(32);

const differencesTo = (changed: Partial<ScoreIdentity>) => scoringDifferences(IDENTITY, { ...IDENTITY, ...changed });

test('identities differ in their choices, not in the name of the model folder', () => {
  assert.deepEqual(differencesTo({}), []);
  assert.deepEqual(differencesTo({ model: 'renamed' }), []);
  assert.deepEqual(differencesTo({ max_length: 200, readout: 'first-token' }), [
    { name: 'readout', before: 'last-token', now: 'first-token' },
    { name: '--max-length', before: '2048', now: '200' },
  ]);
  assert.deepEqual(differencesTo({ processor: ['avx2', 'avx512f', 'x64'] }), [
    { name: 'processor', before: 'none of these', now: 'avx512f' },
  ]);
});

test('what follows from one choice counts once: the weights of another dtype, the digest of another template', () => {
  const dtype = { name: 'dtype', before: 'int8', now: 'fp32' };
  assert.deepEqual(differencesTo({ dtype: 'fp32', model_sha256: OTHER_DIGEST }), [dtype]);
  const digest = { name: 'model', before: 'd43ed815a21d', now: OTHER_DIGEST.slice(0, 12) };
  assert.deepEqual(differencesTo({ model_sha256: OTHER_DIGEST }), [digest]);
  assert.deepEqual(differencesTo({ model: 'other', dtype: 'fp32', model_sha256: OTHER_DIGEST }), [digest, dtype]);

  assert.deepEqual(differencesTo({ template: 'mine.jinja', template_sha256: OTHER_DIGEST }), [
    { name: 'template', before: 'chatml', now: 'mine.jinja' },
  ]);
  assert.deepEqual(
    differencesTo({ template_sha256: OTHER_DIGEST }).map(({ name }) => name),
    ['template_sha256'],
  );
});
