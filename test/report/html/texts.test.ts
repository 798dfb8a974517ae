import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../../../src/contracts/row.js';
import { beginning, cutFor, leftAfter, promptText } from '../../../src/report/html/texts.js';

test('one turn is its text, several turns have their roles', () => {
  const user: Turn = { role: 'user', text: ' x\n' };
  assert.equal(promptText({ conversation: [user], answers: [] }), 'x');
  assert.equal(
    promptText({ conversation: [{ role: 'system', text: 's' }, user], answers: [] }),
    'system: s\n\nuser: x',
  );
});

test('a text is cut between code points, and the rest is counted in code points', () => {
  for (const [text, most, shown, left] of [
    ['😀😀😀', 2, '😀😀', 1],
    ['😀😀', 2, '😀😀', 0],
    ['a😀b😀', 3, 'a😀b', 1],
    ['abc', 3, 'abc', 0],
    ['abc', 0, '', 3],
  ] as const) {
    assert.equal(beginning(text, most), shown);
    assert.equal(leftAfter(shown, text), left);
  }
});

test('all texts together, escaped, fit in their bytes of the page', () => {
  assert.equal(cutFor(['abc'], 10), 3000);
  const quotes = Array.from({ length: 100 }, () => '"'.repeat(5000));
  const most = cutFor(quotes, 600_000);
  assert.ok(most > 0 && 100 * most * '&quot;'.length <= 600_000, `${most}`);
  assert.equal(cutFor(quotes, 10), 0);
});
