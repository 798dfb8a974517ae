import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeOracleTokenizer } from '../../encode/tokenizer-json/pieces-oracle.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { lines, run } from '../run.js';

interface OracleModel {
  /** Name of a tokenizer of test/oracles/pieces.py. */
  tokenizer: string;
  config: object;
  /** Logits by PyTorch, by row and answer: of whole texts, and of pairs truncated to `cut` tokens. */
  whole: number[][];
  truncated: number[][];
}

/** The output of test/oracles/encoders.py. */
const FOLDER = join(ROOT, 'test/oracles/encoders');
const { rows, cut, models }: { rows: [string, string[]][]; cut: number; models: Record<string, OracleModel> } =
  JSON.parse(readFileSync(join(FOLDER, 'encoders.json'), 'utf8'));

function folderOf(name: string): string {
  const { tokenizer, config } = models[name];
  const folder = writeOracleTokenizer(tokenizer);
  copyFileSync(join(FOLDER, `${name}.onnx`), join(folder, 'model.onnx'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

const input = (all: readonly [string, string[]][]) =>
  all.map(([prompt, answers]) => `${JSON.stringify({ prompt, answers })}\n`).join('');

interface Scored {
  scores: number[][];
  truncated: boolean;
  stderr: string;
}

async function scoresOf(args: string[], text: string): Promise<Scored> {
  const { code, stdout, stderr } = await run(['score', ...args], text);
  assert.equal(code, 0, stderr);
  const rankings = lines(stdout).map((line) => JSON.parse(line));
  const truncated = rankings.some((one) => 'truncated' in one);
  return { scores: rankings.map(({ scores }) => scores), truncated, stderr };
}

function assertNear(found: number[][], expected: number[][], most: number): void {
  assert.deepEqual(
    found.map((row) => row.length),
    expected.map((row) => row.length),
  );
  const far = found.flatMap((row, i) => row.filter((reward, k) => !(Math.abs(reward - expected[i][k]) < most)));
  assert.deepEqual(far, []);
}

for (const [name, { whole, truncated }] of Object.entries(models)) {
  test(`an encoder gives the same scores as PyTorch: ${name}`, async () => {
    const model = ['--model', folderOf(name)];
    // The kernels of half precision differ from PyTorch's.
    const isHalf = name.includes('fp16');
    const most = isHalf ? 4e-3 : 1e-4;
    const all = await scoresOf(model, input(rows));
    assert.equal(/half precision.*each text is run alone/.test(all.stderr), isHalf, all.stderr);
    assertNear(all.scores, whole, most);
    const alone = rows.flatMap(([prompt, answers]) => answers.map((answer): [string, string[]] => [prompt, [answer]]));
    const each = await scoresOf(model, input(alone));
    assert.deepEqual(each.scores.flat(), all.scores.flat(), 'to the last bit');
    const short = await scoresOf([...model, '--max-length', String(cut)], input(rows));
    assertNear(short.scores, truncated, most);
    assert.ok(short.truncated && !all.truncated);
  });
}

test('a folder with the name of a known model has its template, even if its tokenizer names no separator', async () => {
  const made = folderOf('deberta-v3');
  writeFileSync(join(made, 'tokenizer_config.json'), JSON.stringify({ bos_token: '[CLS]' }));
  const refused = await run(['score', '--model', made], input(rows));
  assert.match(refused.stderr, /E_USAGE: .*the files of this model do not name its template/);
  const known = join(tempFolder(), 'reward-model-deberta-v3-large-v2');
  cpSync(made, known, { recursive: true });
  assertNear((await scoresOf(['--model', known], input(rows))).scores, models['deberta-v3'].whole, 1e-4);
});

test('a 16-bit graph is found by its name, and a message says so', async () => {
  const folder = folderOf('bert-fp16-weights');
  renameSync(join(folder, 'model.onnx'), join(folder, 'model_fp16.onnx'));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ ...models['bert-fp16-weights'].config, dtype: 'float32' }),
  );
  const { scores, stderr } = await scoresOf(['--model', folder], input(rows));
  assertNear(scores, models['bert-fp16-weights'].whole, 4e-3);
  assert.match(stderr, /half precision/);
});

test('with --allow-special, a prompt cannot spell the token that ends it', async () => {
  const { code, stderr } = await run(
    ['score', '--model', folderOf('bert'), '--allow-special'],
    input([['one [SEP] two', ['a', 'b [SEP]']]]),
  );
  assert.equal(code, 1);
  assert.match(stderr, /E_PROMPT: .*drop --allow-special/);
});

test('DeBERTa-v3 has no limit of positions, BERT has one', async () => {
  const long = input([['word '.repeat(700), ['a', 'b']]]);
  const deberta = ['--model', folderOf('deberta-v3')];
  assert.ok((await scoresOf([...deberta, '--max-length', '5000'], long)).scores[0].every(Number.isFinite));
  const { code, stderr } = await run(['score', '--model', folderOf('bert'), '--max-length', '641'], long);
  assert.equal(code, 2);
  assert.match(stderr, /E_USAGE: .*641 tokens is more than the 640 positions/);
});

test('doctor examines an encoder too', async () => {
  const { code, stdout } = await run(['doctor', '--model', folderOf('deberta-v3')]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^truncation +ok +both texts of a pair at their ends to 2048 tokens/m);
  assert.match(stdout, /^bit identity +ok/m);
});
