import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { lines, row, run, withoutDates } from '../run.js';

const model = await byteModel();

const labelled = (id: string, first: string, second: string) =>
  row(id, [
    { answer: first, rank: 1, model: 'a' },
    { answer: second, rank: 2, model: 'b' },
  ]);

test('--html writes a self-contained page with plots and texts, and does not change other outputs', async () => {
  const folder = tempFolder();
  const file = (name: string) => join(folder, name);
  const plain = await run(['evaluate', '-m', model, SAMPLE, '--json', file('a.json'), '--save', file('a.jsonl')]);
  const asked = ['--html', file('page.html'), '--json', file('b.json'), '--save', file('b.jsonl')];
  const withPage = await run(['evaluate', '-m', model, SAMPLE, ...asked]);
  const [shown, expected] = [withPage, plain].map((one) => ({ ...one, stdout: withoutDates(one.stdout) }));
  assert.deepEqual(shown, expected, 'the same table, nothing on stderr, exit code 0');
  const [asJson, alone] = [await readFile(file('b.json'), 'utf8'), await readFile(file('a.json'), 'utf8')];
  assert.equal(withoutDates(asJson), withoutDates(alone));
  assert.equal(await readFile(file('b.jsonl'), 'utf8'), await readFile(file('a.jsonl'), 'utf8'), 'no texts in it');
  const records = ['a.jsonl.run.json', 'b.jsonl.run.json'];
  const written = ['a.json', 'a.jsonl', 'b.json', 'b.jsonl', 'page.html', ...records].sort();
  assert.deepEqual((await readdir(folder)).sort(), written);

  const page = await readFile(file('page.html'), 'utf8');
  assert.match(page, /<title>Agreement of rewards and labels: sample\.jsonl \(28 rows, 583 comparisons\)<\/title>/);
  assert.match(
    page,
    /<bdi>sample\.jsonl<\/bdi>, rewards by <bdi>model int8, template chatml, [0-9a-f]{12}, \d{4}-\d\d-\d\d<\/bdi>/,
  );
  assert.match(page, /Made by starling-rm \d+\.\d+\.\d+\./);
  assert.ok(page.split('<svg ').length > 10);
  const [{ worst_rows }, rows] = [
    JSON.parse(await readFile(file('b.json'), 'utf8')),
    lines(await readFile(SAMPLE, 'utf8')).map((line) => JSON.parse(line)),
  ];
  const { answers } = rows.find(({ id }) => id === worst_rows[0].id);
  const begin = answers[0].answer.slice(0, 40).replaceAll(/["'&<>]/g, (c: string) => `&#${c.charCodeAt(0)};`);
  assert.ok(page.replaceAll('&quot;', '&#34;').includes(begin), begin);
});

test('the page says that rankings have no texts, or shows their texts', async () => {
  const [good, bad] = ['Water is wet, <b>surely</b>.', 'No.'];
  // The two rows have opposite labels, so the model disagrees with one of them.
  const rows = labelled('one', good, bad) + labelled('two', bad, good);
  for (const [keep, expected] of [
    [[], /These rankings carry no texts\. .* <code>score --keep<\/code>/],
    [['--keep'], /Water is wet, &lt;b&gt;surely&lt;\/b&gt;\./],
  ] as const) {
    const rankings = (await run(['score', '-m', model, ...keep], rows)).stdout;
    const { code, stdout, stderr } = await run(['evaluate', '--scored', '--html', '-'], rankings);
    assert.equal(code, 0, stderr);
    assert.match(stdout, expected);
    assert.match(stdout, /^<!DOCTYPE html>\n.*<\/html>\n$/s, 'nothing but the page');
    assert.match(stdout, /<bdi>standard input<\/bdi>, rewards by <bdi>unknown model \(the rankings do not say what/);
    assert.match(stderr, /pairwise accuracy/, 'the table is beside it');
  }
});

test('rows without labels make a page without plots, and no failure', async () => {
  const { code, stdout } = await run(['evaluate', '-m', model, '--html', '-', '-q'], row('a'));
  assert.equal(code, 0);
  assert.match(stdout, /No labels to compare with/);
  assert.doesNotMatch(stdout, /<svg/);
});

test('an existing page is not touched, and two outputs to the same place are misuse', async () => {
  const page = join(tempFolder(), 'page.html');
  await writeFile(page, 'mine');
  const there = await run(['evaluate', '--html', page], labelled('a', 'x', 'y'));
  assert.equal(there.code, 2);
  assert.match(there.stderr, /E_EXISTS: .*page\.html/);
  assert.equal(await readFile(page, 'utf8'), 'mine');
  const shared = await run(['evaluate', '--html', page, '--json', page, '--force'], labelled('a', 'x', 'y'));
  assert.equal(shared.code, 2);
  assert.match(shared.stderr, /--html and --json are the same place/);
});
