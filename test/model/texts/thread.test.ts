import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { RowError, StarlingError } from '../../../src/contracts/errors.js';
import type { Turn } from '../../../src/contracts/row.js';
import { openEncoder } from '../../../src/model/texts/stages.js';
import type { TextOptions } from '../../../src/model/texts/text-options.js';
import { TextThread, type ThreadOptions } from '../../../src/model/texts/thread.js';
import { type SmallChanges, writeSmallTokenizer } from '../../encode/tokenizer-json/small-tokenizer.js';

const TURNS = '{% for m in messages %}<s>{{ m.content }}</s>{% endfor %}';
/** A loop of a million times a million steps. */
const LOOP = '{% for i in range(10**6) %}{% for j in range(10**6) %}{% endfor %}{% endfor %}';
const whenLast = (text: string, what: string) => `${TURNS}{% if messages[-1].content == '${text}' %}${what}{% endif %}`;

const OPTIONS: TextOptions = {
  template: 'chat-template',
  system: null,
  trim: false,
  maxLength: 1000,
  addBos: false,
  allowSpecial: false,
};
/** Milliseconds that count as a second, so that the timeout is 60 times this. */
const SHORT = 20;
const conversation: Turn[] = [{ role: 'user', text: 'ab' }];
const opened: TextThread[] = [];

after(() => Promise.all(opened.map((thread) => thread.close())));

function folderOf(chat_template: string, changes: SmallChanges = {}): string {
  return writeSmallTokenizer(changes, { bos_token: '<s>', chat_template });
}

function threadOf(folder: string, options: ThreadOptions = {}, text: Partial<TextOptions> = {}): TextThread {
  const thread = new TextThread(folder, { ...OPTIONS, ...text }, options);
  opened.push(thread);
  return thread;
}

/** A word on which a regular expression backtracks exponentially. */
const BACKTRACKING = { type: 'Split', pattern: { Regex: '(a+)+!' }, behavior: 'Isolated', invert: false };
const MANY = 'a'.repeat(40);

test('a thread gives the same ids and errors as the stages, in the order of the requests', async () => {
  const folder = folderOf(`${TURNS}{% if messages[-1].content == 'b' %}{{ raise_exception('no b') }}{% endif %}`);
  const encoder = await openEncoder(folder, OPTIONS);
  const thread = threadOf(folder);
  const answers = ['a', 'ab', 'a', 's>'];
  const asked = [answers, ['b'], ['a'], []].map((one) => thread.ask('encode', { conversation, answers: one }));
  const [ids, refused, more, none] = await Promise.allSettled(asked);
  assert.deepEqual(ids, { status: 'fulfilled', value: encoder.encodeRow(conversation, answers) });
  assert.ok(refused.status === 'rejected' && refused.reason instanceof RowError);
  assert.match(String(refused.reason), /^E_PROMPT: field conversation\[1\]: .*no b$/);
  assert.deepEqual(more, { status: 'fulfilled', value: encoder.encodeRow(conversation, ['a']) });
  assert.deepEqual(none, { status: 'fulfilled', value: [] });
  assert.ok(ids.status === 'fulfilled' && ids.value[0] === ids.value[2]);
});

test('an endless loop in a template fails one row, and the rows around it get their ids', async () => {
  const folder = folderOf(whenLast('b', LOOP));
  const thread = threadOf(folder, { second: SHORT });
  await thread.ask('open', null);
  const asked = ['a', 'b', 'ab'].map((answer) => thread.ask('encode', { conversation, answers: [answer] }));
  const [before, row, behind] = await Promise.allSettled(asked);
  const encoder = await openEncoder(folder, OPTIONS);
  assert.deepEqual(before, { status: 'fulfilled', value: encoder.encodeRow(conversation, ['a']) });
  assert.deepEqual(behind, { status: 'fulfilled', value: encoder.encodeRow(conversation, ['ab']) });
  assert.ok(row.status === 'rejected' && row.reason instanceof RowError);
  assert.match(String(row.reason), /^E_PROMPT: .*the chat template \(.*\) did not finish within 60 s/);
});

test('endless backtracking in a tokenizer fails one row', async () => {
  const folder = folderOf(TURNS, { pre_tokenizer: BACKTRACKING });
  const thread = threadOf(folder, { second: SHORT });
  const asked = ['b', MANY, 'b'].map((answer) => thread.ask('encode', { conversation, answers: [answer] }));
  const [before, row, behind] = await Promise.allSettled(asked);
  assert.equal(before.status, 'fulfilled');
  assert.deepEqual(before, behind);
  assert.ok(row.status === 'rejected');
  assert.match(String(row.reason), /^E_PROMPT: .*the tokenizer \(.*tokenizer\.json\) did not finish/);
});

test('a template with an endless loop or too much memory is refused before any row', async () => {
  const bomb =
    '{% set n = namespace(l=[]) %}{% for i in range(10**6) %}{% set n.l = n.l + [range(1000)] %}{% endfor %}';
  for (const [what, problem] of [
    [LOOP, /did not finish/],
    [bomb, /takes too much memory|did not finish/],
    ['{{ range(10**12) }}', /a range of 1000000000000 numbers is longer than 1000000/],
  ] as const) {
    const folder = folderOf(TURNS + what);
    const thread = threadOf(folder, { second: SHORT });
    await assert.rejects(
      thread.ask('open', null),
      (error) =>
        error instanceof StarlingError &&
        error.code === 'E_TEMPLATE' &&
        error.place.file?.startsWith(folder) === true &&
        problem.test(error.message),
    );
  }
});

test('after a stop signal an endless request fails, and one that ends gets its answer', async () => {
  const stop = new AbortController();
  const thread = threadOf(folderOf(whenLast('b', LOOP)), { interrupted: stop.signal });
  const asked = ['a', 'b'].map((answer) => thread.ask('encode', { conversation, answers: [answer] }));
  await asked[0];
  stop.abort('SIGTERM');
  await assert.rejects(asked[1], (error) => error instanceof StarlingError && error.code === 'E_TERMINATED');
});
