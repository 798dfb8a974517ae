import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonConsole } from '../../../../src/cli/common/console/json-console.js';
import { StarlingError } from '../../../../src/contracts/errors.js';

const LOUD = { quiet: false, progress: true };

/** A console whose lines are kept, and whose clock stands until it is set. */
function kept() {
  const written: string[] = [];
  const clock = { now: 0 };
  const console = JsonConsole.open({ write: (line) => written.push(line), now: () => clock.now });
  return { console, clock, written, objects: () => written.map((line) => JSON.parse(line)) };
}

test('progress is written at most every ten seconds, and only when something was done', () => {
  const { console: root, clock, objects } = kept();
  const console = root.of(LOUD);
  for (clock.now = 0; clock.now <= 25_000; clock.now += 100) {
    console.counts.rows++;
    console.advance();
  }
  clock.now = 1_000_000;
  assert.deepEqual(
    objects().map(({ event, rows }) => [event, rows]),
    [
      ['progress', 101],
      ['progress', 201],
    ],
  );
  assert.deepEqual(Object.keys(objects()[0]).slice(0, 4), ['time', 'level', 'event', 'message']);
  assert.ok(!('share' in objects()[0]), 'the amount of work is unknown');
  console.counts.share = 0.123456;
  console.advance();
  assert.equal(objects()[2].share, 0.123);
});

test('--no-progress leaves progress out, --quiet all but errors', async () => {
  const { console: root, clock, objects } = kept();
  const facts = async () => ({ command: 'score' });
  const [still, quiet] = [root.of({ ...LOUD, progress: false }), root.of({ quiet: true, progress: true })];
  clock.now = 60_000;
  still.advance();
  quiet.advance();
  quiet.tell('one');
  await quiet.start(facts);
  root.end(0);
  assert.deepEqual(objects(), []);
  quiet.fail(new StarlingError('E_READ', 'two', { file: 'f', line: 3 }));
  still.tell('three');
  await still.start(facts);
  root.end(1);
  assert.deepEqual(
    objects().map(({ event, level }) => `${level} ${event}`),
    ['error error', 'info message', 'info start', 'info end'],
  );
});

test('a line stays one line and harmless, and no value changes', () => {
  const { console, written, objects } = kept();
  const text = 'a\nb\u2028c\u202ed\u001b[2Je\u0085f"\\ \ud800';
  console.tell(text, { file: text });
  console.fail(new StarlingError('E_READ', text, { file: text, row: 0 }));
  for (const line of written) {
    assert.match(line, /^[^\n]+\n$/);
    assert.doesNotMatch(line.trim(), /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  }
  for (const { message, file } of objects()) assert.deepEqual({ message, file }, { message: text, file: text });
  assert.equal(objects()[1].row, 0);
});
