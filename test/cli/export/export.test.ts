import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TextConsole } from '../../../src/cli/common/console/text-console.js';
import { type ExportFlags, exportSettings } from '../../../src/cli/export/settings.js';
import type { StarlingError } from '../../../src/contracts/errors.js';
import type { TrainingFormatName } from '../../../src/export/formats/formats.js';
import { goldenFile } from '../../export/golden.js';
import { shapeFiles } from '../../export/shape-rows.js';
import { tempFolder } from '../../temp-folder.js';
import { readArrow, readParquet } from '../../write/read-back.js';
import { byteModel } from '../byte-model.js';
import { bash, lines, row, run, shell, start } from '../run.js';

const kept = await shapeFiles(true);
const bare = await shapeFiles(false);

const model = await byteModel();

const exported = (args: readonly string[], stdin = '') => run(['export', ...args], stdin);
const golden = (to: TrainingFormatName) => readFileSync(goldenFile(to), 'utf8');
const records = (text: string) => lines(text).map((line) => JSON.parse(line));

test('rankings become the golden file of a format, with their own texts or with those of --rows', async () => {
  for (const args of [[kept.rankings], [bare.rankings, '--rows', bare.rows], ['-']]) {
    const stdin = args[0] === '-' ? readFileSync(kept.rankings) : '';
    const { code, stdout, stderr } = await run(['export', ...args, '--to', 'trl-preference'], stdin);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, golden('trl-preference'));
    const joined = args.includes('--rows') ? 'starling-rm: --rows: 8 rows joined, 0 passed over\n' : '';
    assert.equal(stderr, `${joined}starling-rm: 8 examples from 8 of 8 rankings\n`);
  }
});

test('JSONL, Parquet and Arrow hold the same examples, nested as they are', async () => {
  const folder = tempFolder();
  for (const to of ['nemo-rl', 'nectar'] as const) {
    const expected = records(golden(to));
    for (const name of [`${to}.parquet`, `${to}.arrow`]) {
      const file = join(folder, name);
      const { code, stderr } = await exported([kept.rankings, '--to', to, '-o', file, '-q']);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      const { rows } = await (name.endsWith('parquet') ? readParquet(file) : readArrow(file));
      assert.deepEqual(rows, expected, name);
    }
  }
  const piped = await shell(
    bash`starling-rm export ${kept.rankings} --to kwise --format arrow -q | cat > ${folder}/piped`,
  );
  assert.equal(piped.stderr, '');
  assert.deepEqual((await readArrow(join(folder, 'piped'))).rows, records(golden('kwise')));
});

test('an export without examples is a file with its columns', async () => {
  const file = join(tempFolder(), 'none.parquet');
  const args = [kept.rankings, '--to', 'trl-kto', '--min-margin', '100', '-o', file];
  const { code, stderr } = await exported(args);
  assert.equal(code, 0);
  assert.equal(stderr, 'starling-rm: 0 examples from 0 of 8 rankings; left out: 8 pairs below --min-margin\n');
  const { types, rows } = await readParquet(file);
  assert.deepEqual([Object.keys(types), rows], [['prompt', 'completion', 'label'], []]);
});

test('the run record says what made the file, and the card what is in it', async () => {
  const folder = tempFolder();
  const [file, card] = [join(folder, 'pairs.jsonl'), join(folder, 'card.md')];
  const flags = ['--to', 'ms-swift', '--pairs', 'all', '--drop', 'equal', '--max-length-ratio', '3'];
  const { code, stderr } = await exported([
    bare.rankings,
    '--rows',
    bare.rows,
    ...flags,
    '-o',
    file,
    '--card',
    card,
    '-q',
  ]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.deepEqual(readdirSync(folder).sort(), ['card.md', 'pairs.jsonl', 'pairs.jsonl.run.json']);
  const written = readFileSync(file);
  const { asked, rankings, rows, end, ...record } = JSON.parse(readFileSync(`${file}.run.json`, 'utf8'));
  assert.deepEqual([record.to, record.format, record.scored_by], ['ms-swift', 'jsonl', []]);
  assert.deepEqual([asked.pairs, asked.drop, asked.max_length_ratio, asked.rank_by], ['all', ['equal'], 3, 'reward']);
  const digestOf = (path: string | Buffer) =>
    createHash('sha256')
      .update(typeof path === 'string' ? readFileSync(path) : path)
      .digest('hex');
  assert.deepEqual([rankings[0].sha256, rows[0].sha256], [digestOf(bare.rankings), digestOf(bare.rows)]);
  assert.deepEqual([end.bytes, end.sha256], [written.length, digestOf(written)]);
  assert.deepEqual([end.rankings, end.examples], [8, lines(written.toString()).length]);
  assert.deepEqual(end.left_out, { equal: 1, max_length_ratio: 5 });
  const text = readFileSync(card, 'utf8');
  for (const part of [
    '# Training data: ms-swift',
    'from `rankings.jsonl`',
    '`--drop equal` `--pairs all` `--max-length-ratio 3`',
    `| examples | ${end.examples} |`,
    '- 1 answer with the text of a better answer',
    '| margin, by reward | 7 |',
    '| `heron` | 2 | 0 | 2 |',
    'unknown model (the rankings do not say what scored them)',
  ])
    assert.ok(text.includes(part), `${part}\n${text}`);
});

test('the card warns where the longer answer is chosen in most pairs, and says what scored the answers', async () => {
  const folder = tempFolder();
  const [rows, rankings] = [join(folder, 'rows.jsonl'), join(folder, 'r.parquet')];
  writeFileSync(rows, row('a', ['Yes, it is.', 'No.']) + row('b', ['No.', 'Yes, all of it.']));
  await run(['score', '-m', model, rows, '--keep', 'turns', '-q', '-o', rankings]);
  const card = join(folder, 'card.md');
  await exported([rankings, '--to', 'trl-implicit', '-q', '-o', join(folder, 'p.jsonl'), '--card', card]);
  const text = readFileSync(card, 'utf8');
  assert.match(text, /^- `model int8, template chatml, [0-9a-f]{12}, \d{4}-\d\d-\d\d`$/m);
  const longer = Number(/chosen in (\d) of 2 pairs/.exec(text)?.[1]);
  assert.equal(text.includes('**Warning:**'), longer === 2);
});

test('--keep turns writes every shape in one form, which export and evaluate read', async () => {
  const file = join(tempFolder(), 'turns.jsonl');
  const { code } = await run(['score', '-m', model, '--keep', 'turns', kept.rows, '-q', '-o', file]);
  assert.equal(code, 0);
  for (const { prompt, answers, ...ranking } of records(readFileSync(file, 'utf8'))) {
    assert.ok(prompt.every((turn: object) => Object.keys(turn).join() === 'role,content'));
    assert.ok(answers.every((answer: unknown) => typeof answer === 'string'));
    assert.ok(!('instruction' in ranking) && !('chosen' in ranking) && !('messages' in ranking));
  }
  const first = JSON.parse(readFileSync(kept.rankings, 'utf8').split('\n')[0]);
  const again = await run(['score', '-m', model, kept.rows, '-q', '--keep', '--limit', '1']);
  assert.deepEqual(JSON.parse(again.stdout).prompt, first.prompt);
  assert.equal((await exported([file, '--to', 'kwise', '-q'])).code, 0);
});

test('each example is written soon after its ranking has come', async () => {
  const child = start('export', '--to', 'sft', '-q');
  child.stdin.write(`${readFileSync(kept.rankings, 'utf8').split('\n')[0]}\n`);
  const [chunk] = (await new Promise((resolve) => child.stdout.once('data', (data) => resolve([data])))) as [Buffer];
  assert.equal(chunk.toString(), `${golden('sft').split('\n')[0]}\n`);
  child.stdin.end();
  assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
});

test('a row that the format cannot hold stops the export, or is skipped, counted and kept with its reason', async () => {
  const folder = tempFolder();
  const [file, rejects] = [join(folder, 'bt.jsonl'), join(folder, 'bad.jsonl')];
  const stopped = await exported([kept.rankings, '--to', 'axolotl-bt', '-o', file]);
  assert.equal(stopped.code, 1);
  assert.match(
    stopped.stderr,
    /E_PROMPT: .*rankings.jsonl, line 1 \(row 0\), byte 0, field prompt: axolotl-bt holds one question/,
  );
  assert.ok(!existsSync(file));
  const args = [kept.rankings, '--to', 'axolotl-bt', '-o', file, '--force', '--on-error', 'skip', '--rejects', rejects];
  const { code, stderr } = await exported(args);
  assert.equal(code, 1);
  assert.match(stderr, /6 examples from 6 of 6 rankings\n.*E_SKIPPED: 2 of 8 rows were skipped: 2 E_PROMPT\n$/s);
  assert.equal(readFileSync(file, 'utf8'), golden('axolotl-bt'));
  assert.deepEqual(
    records(readFileSync(rejects, 'utf8')).map(({ index, code }) => [index, code]),
    [
      [0, 'E_PROMPT'],
      [2, 'E_PROMPT'],
    ],
  );
});

test('misuse is an error before anything is written', async () => {
  const { rankings, rows } = kept;
  const cases: readonly [args: string[], message: RegExp][] = [
    [[rankings], /required option '--to <format>' not specified/],
    [[rankings, '--to', 'sft', '--drop', 'ties'], /Expected some of truncated,equal,refusals/],
    [[rankings, '--to', 'openrlhf', '--max-length-ratio', '0.5'], /Expected a number of at least 1/],
    [['-', '--to', 'openrlhf', '--balance', 'length'], /--balance reads the rankings twice/],
    [[rankings, '--rows', rows, '--to', 'sft', '-o', rows, '--force'], /--output and an input are the same place/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await exported(args);
    assert.equal(code, 2, `${args}: ${stderr}`);
    assert.match(stderr, message);
  }
});

test('flags that would do nothing for a format are misuse', async () => {
  const flags = { to: 'sft', rankBy: 'reward', onError: 'stop', progress: true, logFormat: 'text', seed: 1 } as const;
  const limits = { maxLine: 1, maxNesting: 1, maxUnpacked: 1, maxAnswers: 1 };
  const settingsOf = (more: Partial<ExportFlags>) => () =>
    exportSettings(['r.jsonl'], { ...flags, ...limits, ...more }, new TextConsole());
  const cases: readonly [flags: Partial<ExportFlags>, message: RegExp][] = [
    [{ pairs: 'all' }, /--pairs does nothing without a format of pairs in --to/],
    [{ to: 'kwise', maxPerRow: 2 }, /--max-per-row does nothing without/],
    [{ to: 'kwise', top: 2 }, /--top does nothing without --to sft/],
    [{ to: 'openrlhf', layout: 'messages' }, /--layout does nothing without --to sft/],
    [{ to: 'kwise', text: true }, /--text does nothing without a format that can be text: trl-preference/],
    [{ to: 'trl-kto', pairs: 'all' }, /wanted and unwanted at once; give --pairs best-worst or random/],
    [{ to: 'llamafactory-kto', pairs: 'random', maxPerRow: 2 }, /wanted and unwanted at once/],
    [{ output: 'x.tsv' }, /training data are jsonl, parquet, arrow, not tsv/],
    [{ format: 'parquet' }, /Parquet cannot be written to a pipe/],
  ];
  for (const [one, message] of cases) {
    await assert.rejects(
      settingsOf(one),
      (error: StarlingError) => error.code === 'E_USAGE' && message.test(error.message),
    );
  }
  assert.equal((await settingsOf({ to: 'openrlhf', pairs: 'all', maxPerRow: 3, text: true })()).choices.maxPerRow, 3);
  const twice = () => exportSettings([], { ...flags, ...limits, rows: ['-'] }, new TextConsole());
  await assert.rejects(twice, /cannot both be standard input/);
});

test('--keep takes only the word turns, and leaves inputs inputs', async () => {
  const first = await run(['score', '-m', model, '-q', '--limit', '1', '--keep', kept.rows]);
  assert.ok(first.code === 0 && 'answers' in JSON.parse(first.stdout));
  const wrong = await run(['score', '-m', model, '--keep=all', kept.rows]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Expected turns or nothing/);
});
