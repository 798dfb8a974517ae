import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { tinyModel } from '../doctor/tiny-model.js';
import { MODEL } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { row, start } from './run.js';

/** Names that send commands to a terminal, end a line, or reverse the direction of the text after them. */
const ODD = 'a\u001b]0;b\u0007\u009b2J\r\n\u202e\u2067\u200f\u061c\u2028z';
const SPELT = 'a\\u001b]0;b\\u0007\\u009b2J\\u000d\\u000a\\u202e\\u2067\\u200f\\u061c\\u2028z';

/** Characters that must not reach a terminal. A line feed ends a line of our own. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

async function shown(args: readonly string[], stdin = ''): Promise<{ code: number | null; out: string; told: string }> {
  const child = start(...args);
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, told] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.doesNotMatch(told, UNSAFE, args.join(' '));
  return { code: await ended, out, told };
}

/** A ranking of three answers by models with hostile names. */
function ranked(id: string, scores: readonly number[]): string {
  const ranks = scores.map((score) => 1 + scores.filter((other) => other > score).length);
  const order = [1, 2, 3].map((rank) => ranks.indexOf(rank));
  const models = [ODD, `${ODD}2`, 'c'];
  const own = { labels: [1, 2, 3], models, source: [ODD], lengths: [1, 2, 3] };
  return JSON.stringify({ index: 0, id, prompt_id: id, scores, ranks, order, ...own });
}

test('names in errors are escaped, whichever flag or field they come from', async () => {
  const folder = tempFolder();
  const misuses = [
    ['score', ODD],
    ['score', join(folder, ODD)],
    ['score', `--${ODD}`],
    [ODD],
    ['score', '--dtype', ODD],
    ['score', '--readout', ODD],
    ['score', '--format', ODD],
    ['score', '--limit', ODD],
    ['score', '--template', ODD, '--model', MODEL],
    ['score', '--template-file', ODD, '--model', MODEL],
    ['score', '--model', ODD],
    ['score', '-o', join(folder, ODD, ODD)],
    ['compare', 'a', 'b', ODD],
    ['evaluate', '--scored', ODD, '--by', ODD],
    ['evaluate', '--suspects-limit', ODD],
    ['convert', ODD, join(folder, 'model')],
    ['convert', ODD, join(folder, 'model'), '--template', ODD],
    ['convert', ODD, join(folder, 'model'), '--dtype', ODD],
    ['doctor', '--model', ODD],
  ];
  for (const args of misuses) {
    const { code, out, told } = await shown(args);
    assert.deepEqual(
      { code, out },
      { code: args[0] === 'doctor' ? code : 2, out: args[0] === 'doctor' ? out : '' },
      told,
    );
    assert.doesNotMatch(out, UNSAFE);
  }
});

test('names in messages during a run are escaped', async () => {
  const folder = tempFolder();
  const rows = join(folder, `${ODD}.jsonl`);
  const odd = (id: string) => JSON.stringify({ id, [ODD]: 'Is water wet?', answers: ['Yes.', 'No.'], [`${ODD}2`]: 7 });
  await writeFile(rows, `${odd('a')}\n${odd(ODD)}\n{"id": "${SPELT}"}\n`);
  const kept = join(folder, `${ODD}.out`);
  const { code, told } = await shown(['score', rows, '--prompt-field', ODD, '-o', kept]);
  assert.equal(code, 1, told);
  assert.ok(told.includes(`rows: ${SPELT}`), told);
  assert.ok(told.includes(`kept in ${join(folder, SPELT)}.out.partial`), told);

  const skipped = await shown(['score', rows, '--prompt-field', ODD, '--on-error', 'skip']);
  assert.ok(skipped.told.includes('skipped: E_'), skipped.told);
  const ids = skipped.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).id);
  assert.deepEqual(ids, ['a', ODD], 'data is data');

  const ranking = ranked(ODD, [3, 2, 1]);
  const unknown = await shown(['evaluate', '--scored', '-', '--by', ODD], `${ranking}\n${ranking}\n`);
  assert.ok(unknown.told.includes(`no row has the field ${SPELT}`), unknown.told);
});

test('hostile names are escaped in tables', async () => {
  const [a, b] = ['a.jsonl', 'b.jsonl'].map((name) => join(tempFolder(), name));
  await writeFile(a, `${ranked(ODD, [3, 2, 1])}\n${ranked('2', [3, 2, 1])}\n`);
  await writeFile(b, `${ranked(ODD, [1, 2, 3])}\n${ranked('3', [3, 2, 1])}\n`);
  for (const args of [
    ['evaluate', '--scored', a, '--by', 'source,model'],
    ['compare', a, b, '--by', 'source,model'],
  ]) {
    const { code, out, told } = await shown(args);
    assert.equal(code, 0, told);
    assert.match(out, /by source/);
    assert.doesNotMatch(out, UNSAFE);
  }
});

test('doctor examines a model folder with such a name and prints it escaped', async () => {
  const folder = join(tempFolder(), ODD);
  await mkdir(folder);
  await rename(await tinyModel(), join(folder, ODD));
  await writeFile(join(folder, ODD, 'config.json'), `{"model_type": ${JSON.stringify(ODD)}}`);
  const { out } = await shown(['doctor', '--model', join(folder, ODD)]);
  assert.match(out, /^files +FAIL/m);
  assert.doesNotMatch(out, UNSAFE);
  const converted = await shown(['convert', join(folder, ODD), join(folder, 'm'), '--base', join(folder, ODD)]);
  assert.notEqual(converted.code, 0);
  const scored = await shown(['score', '--model', join(folder, ODD)], row('1'));
  assert.equal(scored.code, 2, scored.told);
});
