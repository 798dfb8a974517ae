import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Outcome, outcomesOf } from '../damaged.js';

const CODES: readonly string[] = ['E_MODEL', 'E_TEMPLATE', 'E_ENGINE'];

function assertLocated({ damage, code, message }: Outcome, file: RegExp): void {
  assert.ok(CODES.includes(code), `${damage}: ${code} ${message}`);
  assert.match(message, file, damage);
}

test('every damage of a model folder is an error that names the file, and no process crashes', async () => {
  const outcomes = await outcomesOf('./damaged-models.js', import.meta.url);
  const of = (what: string) => outcomes.filter(({ damage }) => damage.startsWith(what));
  assert.ok(of('reward.json').length > 350, String(outcomes.length));
  for (const outcome of of('reward.json')) {
    assertLocated(outcome, /^E_\w+: \S*\/model\/(reward\.json|config\.json|tokenizer\S*|onnx\/\S+)[,:] /);
    assert.equal(outcome.exitCode, 2, outcome.damage);
  }
  assert.equal(outcomes.filter(({ damage }) => / is a (folder|pipe|loop|link)/.test(damage)).length, 24);
  for (const outcome of outcomes.filter(({ damage }) => / is a (folder|pipe|loop|link)/.test(damage)))
    assertLocated(outcome, new RegExp(`/${outcome.damage.split(' ')[0].replaceAll('.', '\\.')}: `));
  for (const [what, file] of [
    ['graph', /\/model\/onnx\/model\.onnx\b/],
    ['foreign graph', /\/foreign\/model\.onnx\b/],
  ] as const) {
    assert.equal(of(what).length, 40);
    // A changed bit in an unused name, or in a weight without a digest, cannot be detected.
    for (const outcome of of(what).filter(({ code }) => code !== 'none')) assertLocated(outcome, file);
    for (const outcome of of(`${what}: cut`)) assertLocated(outcome, file);
    assert.ok(of(what).filter(({ code }) => code === 'E_MODEL').length >= 10, what);
  }
});
