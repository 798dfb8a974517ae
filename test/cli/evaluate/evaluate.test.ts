import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Evaluation } from '../../../src/contracts/agreement.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { bash, lines, row, run, shell } from '../run.js';

/** The rewards do not matter here, only that they are the same each time. */
const model = await byteModel();
const SCORE = ['score', '-m', model];
const EVALUATE = ['evaluate', '-m', model];

test('score piped into evaluate --scored gives exactly the figures of evaluate, baselines included', async () => {
  const folder = tempFolder();
  const [direct, piped] = [join(folder, 'direct.json'), join(folder, 'piped.json')];
  const one = await run([...EVALUATE, SAMPLE, '--json', direct, '--save', join(folder, 'saved.jsonl')]);
  assert.deepEqual({ code: one.code, stderr: one.stderr }, { code: 0, stderr: '' });
  const two = await shell(
    bash`starling-rm score -m ${model} ${SAMPLE} | tee ${folder}/scored.jsonl | starling-rm evaluate --scored - --json ${piped}`,
  );
  assert.equal(two.code, 0, two.stderr);
  assert.equal(withoutScoredBy(two.stdout), withoutScoredBy(one.stdout), 'the same table');
  assert.equal(withoutScoredBy(await readFile(piped, 'utf8')), withoutScoredBy(await readFile(direct, 'utf8')));
  assert.equal(
    await readFile(join(folder, 'saved.jsonl'), 'utf8'),
    await readFile(join(folder, 'scored.jsonl'), 'utf8'),
  );
  assert.deepEqual((await readdir(folder)).sort(), [
    'direct.json',
    'piped.json',
    'saved.jsonl',
    'saved.jsonl.run.json',
    'scored.jsonl',
  ]);

  const evaluation = JSON.parse(await readFile(direct, 'utf8'));
  assert.equal(evaluation.rows, 28);
  assert.deepEqual(Object.keys(evaluation.statistics), [
    'pairwise_accuracy',
    'mean_pairwise_accuracy',
    'adjacent_accuracy',
    'kendall_tau_b',
    'spearman',
    'pearson',
    'top1',
    'ndcg',
    'plackett_luce_nll',
  ]);
  const { pearson, ...defined } = evaluation.statistics;
  assert.deepEqual(Object.keys(pearson), ['value', 'low', 'high', 'n', 'reason'], 'the sample has no label scores');
  for (const estimate of Object.values(defined)) {
    assert.deepEqual(Object.keys(estimate as object), ['value', 'low', 'high', 'n']);
  }
});

test('position leaks nothing: shuffling the answers of every row changes no figure', async () => {
  const folder = tempFolder();
  const random = Xoshiro128.seeded(5);
  const shuffled = lines(await readFile(SAMPLE, 'utf8')).map((line) => {
    const record = JSON.parse(line);
    for (let i = record.answers.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [record.answers[i], record.answers[j]] = [record.answers[j], record.answers[i]];
    }
    return `${JSON.stringify(record)}\n`;
  });
  await writeFile(join(folder, 'shuffled.jsonl'), shuffled.join(''));
  const [as, is] = await Promise.all(
    [SAMPLE, join(folder, 'shuffled.jsonl')].map((file) => run([...EVALUATE, file, '--json', '-', '-q'])),
  );
  assert.notEqual(shuffled.join(''), await readFile(SAMPLE, 'utf8'));
  assert.equal(is.code, 0, is.stderr);
  assert.deepEqual(withoutPositions(JSON.parse(is.stdout)), withoutPositions(JSON.parse(as.stdout)));
});

test('the order of the rows, in one file or in two, changes no bit of the results', async () => {
  const folder = tempFolder();
  const scored = lines((await run(['score', SAMPLE, '--keep'])).stdout).map((line) => `${line}\n`);
  const random = Xoshiro128.seeded(6);
  const shuffled = scored.map((line) => [random.next(), line] as const).sort(([a], [b]) => a - b);
  const files: Record<string, string[]> = {
    whole: scored,
    shuffled: shuffled.map(([, line]) => line),
    odd: scored.filter((_, i) => i % 2 === 1),
    even: scored.filter((_, i) => i % 2 === 0),
  };
  for (const [name, rows] of Object.entries(files)) await writeFile(join(folder, `${name}.jsonl`), rows.join(''));
  const evaluated = async (...names: string[]) => {
    const [inputs, suspects] = [names.map((name) => join(folder, `${name}.jsonl`)), join(folder, `${names}.suspects`)];
    const flags = ['--by', 'source,length,model', '--suspects', suspects, '--json', '-'];
    const { code, stdout, stderr } = await run(['evaluate', '--scored', ...inputs, ...flags]);
    assert.equal(code, 0, stderr);
    // Standard error holds the table.
    return [stdout, stderr, await readFile(suspects, 'utf8')].map(withoutPlaces);
  };
  const expected = await evaluated('whole');
  assert.notEqual(files.shuffled.join(''), scored.join(''));
  assert.deepEqual(await evaluated('shuffled'), expected);
  assert.deepEqual(await evaluated('odd', 'even'), expected);
  assert.deepEqual(await evaluated('even', 'odd'), expected);
});

/** A table or the JSON without what scored the rankings, which JSON lines from a pipe do not say. */
function withoutScoredBy(report: string): string {
  return report.replace(
    /^.*, template .*\n\n|^unknown model .*\n\n|(?<=^\{\n) {2}"scored_by": \[(?:\]|.*?^ {2}\]),\n/ms,
    '',
  );
}

/** The evaluation without the fields that locate a row in the inputs. */
function withoutPlaces(text: string): string {
  return text.replaceAll(/\s*"(?:index|file)":\s*(?:\d+|"[^"]*"),/g, '');
}

/** The evaluation without figures on the positions of answers. */
function withoutPositions({
  position_effects: _,
  scored_by: _s,
  baselines,
  differences,
  ...rest
}: Evaluation): unknown {
  const { position: _b, ...otherBaselines } = baselines;
  const { position: _d, ...otherDifferences } = differences;
  return { ...rest, baselines: otherBaselines, differences: otherDifferences };
}

const RANKED = [
  { answer: 'Yes.', rank: 1 },
  { answer: 'No.', rank: 2 },
];

test('--json - writes JSON to standard output and the table to standard error; --quiet omits the table', async () => {
  const rows = row('a', [
    { answer: 'Yes.', rank: 1 },
    { answer: 'No.', rank: 2 },
  ]);
  const loud = await run([...EVALUATE, '--json', '-'], rows);
  assert.equal(JSON.parse(loud.stdout).comparisons, 1);
  assert.match(loud.stderr, /pairwise accuracy/);
  assert.equal((await run([...EVALUATE, '--json', '-', '-q'], rows)).stderr, '');
});

test('the seed changes intervals but no values', async () => {
  const scored = join(tempFolder(), 's.jsonl');
  assert.equal((await run([...SCORE, SAMPLE, '-o', scored])).code, 0);
  const of = async (seed: string) =>
    JSON.parse((await run(['evaluate', '--scored', scored, '--json', '-', '--seed', seed])).stdout);
  const [one, again, two] = [await of('1'), await of('1'), await of('2')];
  assert.deepEqual(one, again);
  assert.equal(one.statistics.spearman.value, two.statistics.spearman.value);
  assert.notEqual(one.statistics.spearman.low, two.statistics.spearman.low);
});

test('rows without labels give a sentence that says so, and are no failure', async () => {
  const { code, stdout } = await run(['evaluate'], row('a'));
  assert.equal(code, 0);
  assert.match(stdout, /^starling-rm-mini int8, template .*\n\nNo labels to compare with/);
});

test('a row in place of a ranking, and a ranking in place of a row, are errors that say so', async () => {
  const scored = await run(['evaluate', '--scored', '-'], row('a'));
  assert.equal(scored.code, 1);
  assert.match(scored.stderr, /E_FIELD: <stdin>, line 1 \(row 0\), .*--scored/);
  const ranking = (await run([...SCORE], row('a'))).stdout;
  const rows = await run(['evaluate', '-'], ranking);
  assert.equal(rows.code, 1);
  assert.match(rows.stderr, /E_SHAPE: <stdin>, line 1 \(row 0\), .*--scored/);
});

test('skipped rows are counted, and the figures rest on the other rows', async () => {
  const good = row('a', [
    { answer: 'Yes.', rank: 1 },
    { answer: 'No.', rank: 2 },
  ]);
  const { code, stdout, stderr } = await run(
    [...EVALUATE, '--on-error', 'skip', '--json', '-', '-q'],
    `${good}broken\n`,
  );
  assert.equal(code, 1);
  assert.equal(JSON.parse(stdout).rows, 1);
  assert.match(stderr, /^starling-rm: E_SKIPPED: 1 of 2 rows were skipped[^\n]*\n$/);
});

test('--by gives a table and a JSON list of slices for each field, also for fields of the row alone', async () => {
  const { code, stdout, stderr } = await run([
    ...EVALUATE,
    SAMPLE,
    '--by',
    'source, turns,source,length',
    '--json',
    '-',
  ]);
  assert.equal(code, 0);
  const { slices, comparisons } = JSON.parse(stdout);
  assert.deepEqual(
    slices.map(({ by }: { by: string }) => by),
    ['source', 'turns', 'length'],
  );
  const total = slices[1].slices.reduce((sum: number, slice: { comparisons: number }) => sum + slice.comparisons, 0);
  assert.equal(total, comparisons);
  assert.match(stderr, /^by source +rows +pairs/m);
  const mistyped = await run([...EVALUATE, '--by', 'sourse', '--json', '-'], row('a', RANKED, 'Is fire hot?'));
  assert.equal(mistyped.code, 2);
  assert.match(mistyped.stderr, /E_USAGE: no row has the field sourse, which --by names; rows here have [^;]*$/m);
  assert.equal(JSON.parse(mistyped.stdout).rows, 1, 'what took hours is written all the same');
  const prompt = await run([...EVALUATE, '--by', 'prompt', '--json', '-', '-q'], row('a', RANKED, 'Is fire hot?'));
  assert.match(JSON.parse(prompt.stdout).slices[0].slices[0].value, /Is fire hot/);
  assert.match((await run([...EVALUATE, '--by', 'source,,turns'])).stderr, /E_USAGE: .*names of fields/);
});

test('--suspects writes rows with texts and reasons, and does not change the saved rankings', async () => {
  const folder = tempFolder();
  const rows = row('same', [
    { answer: 'Yes.', rank: 1 },
    { answer: 'Yes.', rank: 2 },
  ]);
  const refused = JSON.stringify({
    ...JSON.parse(
      row('refused', [
        { answer: "I'm sorry, but I can't help with that.", rank: 1 },
        { answer: 'Yes, water is wet.', rank: 2 },
      ]),
    ),
    good_natured: true,
  });
  const [suspects, saved, json] = ['suspects', 'saved', 'json'].map((name) => join(folder, name));
  const flags = ['--suspects', suspects, '--save', saved, '--json', json];
  const { code, stdout, stderr } = await run([...EVALUATE, '-', ...flags], `${rows}${refused}\n`);
  assert.equal(code, 0, stderr);
  const found = lines(await readFile(suspects, 'utf8')).map((line) => JSON.parse(line));
  assert.deepEqual(
    found.map(({ id, suspect }) => [id, suspect[0].kind, suspect[0].positions]),
    [
      ['same', 'equal_answers', [0, 1]],
      ['refused', 'refusal_first', [0]],
    ],
  );
  assert.equal(found[1].answers[1].answer, 'Yes, water is wet.');
  assert.equal(await readFile(saved, 'utf8'), (await run([...SCORE], `${rows}${refused}\n`)).stdout);
  const { suspects: counts } = JSON.parse(await readFile(json, 'utf8'));
  assert.deepEqual(
    { ...counts, disagreement: 0 },
    { equal_answers: 1, refusal_first: 1, disagreement: 0, rows_with_texts: 2 },
  );
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    /Suspect labels: 1 row with equal answers but different labels, 1 with a refusal labelled best/,
  );
  const kept = await run([...SCORE, '--keep'], `${rows}${refused}\n`);
  const again = await run(['evaluate', '--scored', '--suspects', '-', '-q'], kept.stdout);
  assert.equal(again.stdout, await readFile(suspects, 'utf8'));
  const alike = row('alike', [
    { answer: 'No.', rank: 1 },
    { answer: 'No.', rank: 2 },
  ]);
  const limited = async (limit: string) => {
    const { stdout } = await run([...EVALUATE, '--suspects', '-', '--suspects-limit', limit, '-q'], rows + alike);
    return lines(stdout).length;
  };
  assert.deepEqual([await limited('1'), await limited('2')], [1, 2]);
});

test('texts are kept in every format and for every shape of rows', async () => {
  const folder = tempFolder();
  const pair = { id: 'pair', instruction: 'Is water wet?', good_natured: true, rejected: 'Yes, water is wet.' };
  const rows = `${JSON.stringify({ ...pair, chosen: "I'm sorry, but I can't help with that." })}\n`;
  const direct = await run([...EVALUATE, '--suspects', '-', '-q'], rows);
  const [suspect] = lines(direct.stdout).map((line) => JSON.parse(line).suspect[0]);
  assert.deepEqual(suspect, { kind: 'refusal_first', positions: [0] });
  for (const name of ['r.jsonl', 'r.parquet', 'r.arrow']) {
    const file = join(folder, name);
    assert.equal((await run([...SCORE, '--keep', '-o', file], rows)).code, 0);
    const scored = await run(['evaluate', '--scored', file, '--suspects', '-', '-q']);
    assert.deepEqual(JSON.parse(scored.stdout), JSON.parse(direct.stdout), name);
    const page = await run(['evaluate', '--scored', file, '--html', '-', '-q']);
    assert.match(page.stdout, /dir="auto">Yes, water is wet\.</, name);
  }
});

test('--markdown writes the table, and two outputs to the same place are misuse', async () => {
  const { code, stdout } = await run([...EVALUATE, '--markdown', '-', '-q'], row('a', RANKED));
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Rewards: `model int8, template chatml, [0-9a-f]{12}, \d{4}-\d\d-\d\d`\.\n\n\| {2}\| reward \| 95 % interval \|/,
  );
  const twice = await run([...EVALUATE, '--markdown', 'x.md', '--suspects', './x.md'], row('a', RANKED));
  assert.equal(twice.code, 2);
  assert.match(twice.stderr, /--suspects and --markdown are the same place/);
});
