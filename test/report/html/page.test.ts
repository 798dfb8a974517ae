import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { reportPage } from '../../../src/report/html/page.js';
import { SCORED_BY } from '../evaluations.js';
import { HOSTILE, hostileReport, ordinaryReport, report } from './reports.js';

/** The most that a page may take. */
const BYTES = 1_500_000;

const TAG = /<\/?([a-z][a-z0-9-]*)((?:\s+[a-z0-9:-]+(?:="[^"]*")?)*)\s*\/?>/gi;
const ALLOWED = new Set(
  (
    'html head meta title style body a header h1 h2 h3 p nav ul ol li main section figure div svg g path line rect text details summary ' +
    'table thead tbody tr th td dl dt dd bdi small sup b span code br'
  ).split(' '),
);
/** Attributes that run, load and link to nothing outside the page. */
const ATTRIBUTES =
  /^(?:lang|charset|name|content|http-equiv|class|href|id|tabindex|role|scope|dir|viewBox|aria-[a-z]+|transform|d|x2|y2|width|height|fill|fill-opacity|stroke|stroke-width|stroke-dasharray|opacity|text-anchor|font-size|font-weight)$/;

interface Tag {
  name: string;
  attributes: [name: string, value: string][];
}

function tagsOf(page: string): Tag[] {
  return [...page.matchAll(TAG)].map(([, name, rest]) => ({
    name,
    attributes: [...rest.matchAll(/([a-z0-9:-]+)(?:="([^"]*)")?/gi)].map(([, key, value]): [string, string] => [
      key,
      value,
    ]),
  }));
}

/** The text of the page without tags. */
function words(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

test('whatever the rows hold, the page has only known elements and attributes, and no outgoing link', async () => {
  for (const made of [ordinaryReport(), hostileReport()]) {
    const page = await reportPage(made);
    const body = page.replace(/^<!DOCTYPE html>\n/, '').replace(/<style>.*<\/style>/s, '');
    assert.equal(body.replaceAll(TAG, '').search(/[<>]/), -1, 'every < and > is of a tag that is known');
    for (const { name, attributes } of tagsOf(body)) {
      assert.ok(ALLOWED.has(name), name);
      for (const [key, value] of attributes) {
        assert.match(key, ATTRIBUTES);
        if (key === 'href') assert.match(value, /^#[a-z-]+$/);
      }
    }
    assert.equal(page.match(/<style>/g)?.length, 1);
    assert.match(
      page,
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">/,
    );
    assert.doesNotMatch(page.replace(/<style>.*<\/style>/s, ''), /(?![\n\t])\p{Control}/u);
  }
});

test('hostile texts are shown as text', async () => {
  const page = await reportPage(hostileReport());
  assert.ok(page.includes('&lt;script&gt;window.hacked = 1&lt;/script&gt;'));
  assert.ok(page.includes('␀ ␛[31m \ufffd'), 'what cannot be shown is shown by another character');
});

test('nothing in the page reverses the direction of the text that follows', async () => {
  const name = 'a\u202eb\u2067c';
  const made = report({
    rows: 20,
    models: [name, 'two', 'three'],
    source: () => name,
    text: () => name,
    by: ['source', name],
  });
  const evaluation = { ...made.evaluation, scored_by: [{ ...SCORED_BY, model: name }] };
  const page = await reportPage({ ...made, evaluation, inputs: [name, name] });
  assert.doesNotMatch(page, /[\u202a-\u202e\u2066-\u2069]/);
  assert.ok(page.includes('a\ufffdb\ufffdc'));
});

test('texts are folded, and the summary of a row compares reward and labels', async () => {
  const page = await reportPage(ordinaryReport());
  const [, ...rows] = page.split('<ol class="worst">')[1].split('<li><details><summary>');
  assert.equal(rows.length, 16);
  for (const row of rows) {
    assert.match(
      row,
      /^Row \d+, <bdi>row-\d+<\/bdi>: [\d.]+ nats (?:more|less) likely than by chance; the reward&#39;s best has label rank \d of 7; \d+ of 21 pairs misordered/,
    );
    assert.equal(row.match(/<details><summary>Answer \d: \d by label, \d by reward/g)?.length, 7);
    assert.match(row, /<h3>Prompt<\/h3><div class="text" dir="auto">Text \d+ 0\./);
  }
});

test('rankings without texts: the page says how to get them', async () => {
  const page = await reportPage(report({ rows: 10 }));
  assert.match(
    words(page),
    /These rankings carry no texts\. Evaluate the rows themselves, or rankings made with score --keep/,
  );
  assert.match(words(page), /Row \d+, row-\d+ : /);
  assert.doesNotMatch(page, /class="text"/);
});

test('every plot has a name with its main numbers, and a table of its data', async () => {
  const page = await reportPage(ordinaryReport());
  const figures = page.split('<figure ').slice(1);
  assert.equal(figures.length, 13);
  for (const figure of figures) {
    const [, title, says] = /<svg [^>]*role="img" aria-labelledby="([a-z0-9-]+) ([a-z0-9-]+)"/.exec(figure) ?? [];
    const textOf = (id: string) => words(new RegExp(`<(h3|p) id="${id}">(.*?)</\\1>`, 's').exec(figure)?.[2] ?? '');
    assert.match(textOf(title), /^[A-Z]/);
    assert.match(textOf(says), /\d/, figure.slice(0, 300));
    assert.match(
      figure,
      /<details><summary>[^<]+: table<\/summary>\n<div class="scroll" role="group" tabindex="0" aria-label="[^"]+"><table>/,
    );
  }
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, 'ids are unique');
  for (const [, id] of page.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(id), id);
});

test('an undefined figure is a dash with its reason, and there is no NaN, null or infinity', async () => {
  for (const made of [report({ rows: 1 }), report({ rows: 3, k: 2 }), report({ rows: 12, k: 2, models: ['only'] })]) {
    const text = words(await reportPage(made));
    assert.doesNotMatch(text, /NaN|null|Infinity|\[object/);
    assert.match(
      text,
      /these scores are not log-odds, so they give no order a probability/,
      'the reason why a baseline has no likelihood',
    );
  }
  const single = words(await reportPage(report({ rows: 12, k: 2, models: ['only'] })));
  assert.match(single, /Models by label and by reward Nothing to draw: /);
});

test('without labels there is a sentence instead of empty plots', async () => {
  const page = await reportPage(report({ rows: 5, labelled: false }));
  assert.doesNotMatch(page, /<svg|<table|<figure/);
  assert.match(words(page), /No labels to compare with.*nothing more is shown.*Rows: 5 \(K = 7\)/);
});

test('the page has one kind of minus, and a legend of minus and dash', async () => {
  const falls = ordinaryReport();
  // A negative difference in a sentence that is made for the terminal too.
  falls.evaluation.differences.length.pairwise_accuracy = { value: -0.1, low: -0.2, high: -0.05, n: 9 };
  const text = words(await reportPage(falls));
  assert.match(text, /difference −20\.0 to −5\.0/);
  assert.match(text, /a dash \( – undefined \) means that there is nothing to compute.* A minus \(−\) or plus/);
  assert.deepEqual(text.match(/(?<![\w-])-\d[^ ]*/g), null);
});

test('pairs of models that are misordered most: only with intervals, in order, and the text counts those above 50 %', async () => {
  const { evaluation, ...rest } = ordinaryReport();
  const pairs = [0.62, 0.51, 0.3].map((low, i) => ({
    models: [`a${i}`, `b${i}`] as [string, string],
    labels_prefer_first: 0.5,
    reward_prefers_first: 0.5,
    misordered: { value: 0.7, low, high: 0.9, n: 40 },
  }));
  const pageOf = async (some: typeof pairs) =>
    words(
      await reportPage({
        ...rest,
        evaluation: { ...evaluation, misordered_models: { pairs: some, of: 90, with_interval: 3 } },
      }),
    );
  assert.match(
    await pageOf(pairs),
    /Shown are 3 of the 3 pairs of models with enough prompts for an interval \(of 90 in all\), by the lower ends of their intervals\. 2 pairs are surely misordered more often than not: /,
  );
  assert.match(await pageOf(pairs.slice(2)), /None is surely misordered more often than not: /);
});

test('rows on which rewards and labels agree stand apart from the disagreements, which come first', async () => {
  const { evaluation, worst, ...rest } = ordinaryReport();
  const pageOf = async (disagreeing: number) => {
    const worst_rows = evaluation.worst_rows.map((row, i) => ({
      ...row,
      nll: row.random_nll + (i < disagreeing ? 3 : -1),
    }));
    const page = await reportPage({ ...rest, worst, evaluation: { ...evaluation, worst_rows } });
    return words(page).split('these are the rows to read first. ')[1];
  };
  const AGREED = 'none is a disagreement: under the rewards their labels are at least as likely as by chance';
  const [before, after] = (await pageOf(3)).split(AGREED);
  assert.equal(before.match(/3\.0 nats less likely than by chance/g)?.length, 3);
  assert.doesNotMatch(before, /more likely/);
  assert.equal(after.match(/1\.0 nats more likely than by chance/g)?.length, 13);
  assert.match(await pageOf(0), /^None of these rows is a disagreement: /);
  assert.doesNotMatch(await pageOf(16), /is a disagreement/);
});

test('the same report gives the same page', async () => {
  assert.equal(await reportPage(ordinaryReport()), await reportPage(ordinaryReport()));
});

test('a page of very many models, slices, answers and very long hostile texts stays in its limit of bytes', async () => {
  const random = Xoshiro128.seeded(9);
  const long = (of: number) => `${of} ${'<&"\''.repeat(3000)}`;
  const fields = ['source', 'id', 'prompt_id', 'index', 'turns', 'length', 'model', 'file', 'a', 'b', 'c', 'd'];
  const made = report({
    rows: 300,
    k: 40,
    models: Array.from({ length: 400 }, (_, model) => long(model)),
    source: () => long(random.below(1000)),
    text: (row, position) => long(row * 40 + position),
    by: fields,
  });
  const page = await reportPage({ ...made, inputs: Array.from({ length: 1000 }, (_, input) => long(input)) });
  const bytes = Buffer.byteLength(page);
  assert.ok(bytes < BYTES, `${bytes} bytes`);
  assert.ok(page.includes('&lt;&amp;&quot;&#39;'));
  assert.match(words(page), /\d further characters/);
});

test('rows of very many answers: the page says which plots have too much to draw', async () => {
  const page = await reportPage(report({ rows: 4, k: 200 }));
  assert.match(words(page), /First places by position Nothing to draw: 200 positions are too many; --json has them\./);
  assert.match(words(page), /Confusion of ranks Nothing to draw: /);
  assert.ok(Buffer.byteLength(page) < BYTES / 4);
});

test('an ordinary page is much smaller', async () => {
  const bytes = Buffer.byteLength(await reportPage(ordinaryReport()));
  assert.ok(bytes < BYTES / 4, `${bytes} bytes`);
});

test('the hostile report has every hostile text', () => {
  const { worst, evaluation } = hostileReport();
  const all = JSON.stringify([worst, evaluation]);
  for (const text of HOSTILE) assert.ok(all.includes(JSON.stringify(text).slice(1, -1)), text);
});

test('lists that are cut say so, and slices that overlap', async () => {
  const { evaluation, ...rest } = report({
    rows: 60,
    k: 40,
    models: Array.from({ length: 60 }, (_, i) => `m${i}`),
    by: ['model'],
  });
  const text = words(
    await reportPage({
      ...rest,
      evaluation: { ...evaluation, leaderboard: { ...evaluation.leaderboard, left_out: 5 } },
    }),
  );
  assert.match(text, /The top 20 of 60 rows by how unlikely the labels are/);
  assert.match(text, /(?:[89]|1\d) of 40 answers are shown: the best by label and the best by reward\./);
  assert.match(
    text,
    /Shown are 30 of 60 slices\. Slices overlap: a pair of answers counts in the slices of both its models\./,
  );
  assert.match(text, /Shown is the top 20 of 60\. Only the 60 of 65 models with the most answers are rated\./);
  assert.match(text, /Drawn are [\d,]+ of 2,400 answers\./);
});
