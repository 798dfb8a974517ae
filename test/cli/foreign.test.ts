import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeSmallTokenizer } from '../encode/small-tokenizer.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { lines, row, run } from './run.js';

interface Changes {
  graph?: string;
  /** Where in the folder the graph lies. */
  at?: string;
  config?: object;
  settings?: object;
}

/** A folder as other tools leave it: a graph of test/oracles/foreign, config.json and a tokenizer. */
function foreignFolder({
  graph = 'last-token',
  at = 'model.onnx',
  config,
  settings = { bos_token: '<s>' },
}: Changes = {}): string {
  const folder = tempFolder();
  mkdirSync(join(folder, 'onnx'));
  copyFileSync(join(ROOT, 'test/oracles/foreign', `${graph}.onnx`), join(folder, at));
  const tokenizer = writeSmallTokenizer({}, settings);
  for (const name of readdirSync(tokenizer)) copyFileSync(join(tokenizer, name), join(folder, name));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ model_type: 'llama', max_position_embeddings: 100, pad_token_id: 0, ...config }),
  );
  return folder;
}

const PPO = ['--template', 'llama-2-ppo'];
const ROWS = row('a', ['ab', 'b', 'abab']) + row('b', ['a', 'bb']);

test('a folder that other tools made scores, and an answer is worth the same alone', async () => {
  const model = foreignFolder();
  const { code, stdout, stderr } = await run(['score', '--model', model, ...PPO], ROWS);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const [first] = lines(stdout).map((line) => JSON.parse(line));
  assert.equal(new Set(first.scores).size, 3);
  const alone = await run(['score', '--model', model, ...PPO], row('a', ['b']));
  assert.deepEqual(JSON.parse(alone.stdout).scores, [first.scores[1]]);
  const inOnnx = await run(['score', '--model', foreignFolder({ at: 'onnx/model.onnx' }), ...PPO], ROWS);
  assert.equal(inOnnx.stdout, stdout);
});

test('what the files do not say has to be said, and what they lack is named', async () => {
  const cases: [string[], RegExp][] = [
    [['--model', foreignFolder()], /E_USAGE: .*do not say how texts are made.*--template/],
    [['--model', foreignFolder({ graph: 'three-logits' }), ...PPO], /E_USAGE: this model gives 3 logits; .*--logit/],
    [['--model', foreignFolder(), '--dtype', 'int8', ...PPO], /E_MODEL: .*no graph of int8 here/],
    [
      ['--model', foreignFolder(), '--max-length', '101', ...PPO],
      /E_USAGE: .*101 tokens is more than the 100 positions/,
    ],
    [['--logit', '0'], /E_USAGE: .*one reward; drop --logit/],
  ];
  for (const [flags, message] of cases) {
    const { code, stdout, stderr } = await run(['score', ...flags], ROWS);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
    assert.match(stderr, message);
    assert.equal(lines(stderr).length, 1);
  }
  const chosen = await run(
    ['score', '--model', foreignFolder({ graph: 'three-logits' }), '--logit', '2', ...PPO],
    ROWS,
  );
  assert.equal(chosen.code, 0, chosen.stderr);
});

test('of several graphs fp32 is taken, then int8, then q4, wherever exporters put them; --dtype names another', async () => {
  const scores = async (model: string, ...flags: string[]) => {
    const { code, stdout, stderr } = await run(['score', '--model', model, ...PPO, ...flags], ROWS);
    assert.deepEqual([code, lines(stdout).length], [0, 2], stderr);
    return stdout;
  };
  const expected = await scores(foreignFolder());
  for (const at of ['onnx/model_quantized.onnx', 'onnx/model_int8.onnx', 'model_quantized.onnx', 'onnx/model_q4.onnx'])
    assert.equal(await scores(foreignFolder({ at })), expected, at);
  const several = foreignFolder({ at: 'onnx/model.onnx' });
  // Another model, so that it shows which one was run.
  const other = join(ROOT, 'test/oracles/foreign/three-logits.onnx');
  for (const name of ['model_quantized', 'model_fp16', 'model_q4'])
    copyFileSync(other, join(several, `onnx/${name}.onnx`));
  assert.equal(await scores(several), expected);
  assert.equal(await scores(several, '--dtype', 'fp32'), expected);
  const quantized = await scores(several, '--dtype', 'int8', '--logit', '1');
  assert.notEqual(quantized, expected);
  assert.equal(quantized, await scores(foreignFolder({ graph: 'three-logits' }), '--logit', '1'));
  const { code, stderr } = await run(['score', '--model', foreignFolder({ at: 'onnx/model_bnb4.onnx' }), ...PPO], ROWS);
  assert.equal(code, 2);
  assert.match(stderr, /graphs here \(onnx\/model_bnb4\.onnx\) none is taken .*: expected onnx\/model\.onnx/);
});

test('rewards that depend on padding are told, and are those of the texts alone', async () => {
  const model = foreignFolder({ graph: 'last-position' });
  const { code, stdout, stderr } = await run(['score', '--model', model, ...PPO], ROWS);
  assert.equal(code, 0);
  assert.match(stderr, /^starling-rm: rewards of this model depend on padding .*: each text is run alone\n$/);
  const sound = await run(['score', '--model', foreignFolder(), ...PPO], ROWS);
  const scores = (text: string) => lines(text).flatMap((line) => JSON.parse(line).scores);
  assert.equal(scores(stdout).length, 5);
  scores(stdout).forEach((score, i) => {
    assert.ok(Math.abs(score - scores(sound.stdout)[i]) < 1e-5);
  });
});

test('the chat template of such a folder, and any other file, make its texts', async () => {
  const chat = "{% for m in messages %}{{ m.role + ': ' + m.content + ' ' }}{% endfor %}";
  const model = foreignFolder({ settings: { bos_token: '<s>', chat_template: chat } });
  const own = await run(['score', '--model', model, '--template', 'chat-template'], ROWS);
  assert.equal(own.code, 0, own.stderr);
  const file = join(tempFolder(), 'chat.jinja');
  writeFileSync(file, chat);
  const given = await run(['score', '--model', foreignFolder(), '--template-file', file], ROWS);
  assert.deepEqual(given, own);
  const other = await run(['score', '--model', model, ...PPO], ROWS);
  assert.notEqual(other.stdout, own.stdout);
});

test('a tokenizer for pairs makes a pair of prompt and answer', async () => {
  const settings = { cls_token: '<s>', sep_token: '</s>' };
  const model = foreignFolder({ graph: 'three-logits', settings });
  const { code, stdout, stderr } = await run(['score', '--model', model, '--logit', '1'], ROWS);
  assert.equal(code, 0, stderr);
  assert.equal(lines(stdout).length, 2);
  const dialogue = JSON.stringify({
    messages: ['user', 'assistant', 'user'].map((role) => ({ role, content: 'a' })),
    responses: ['b'],
  });
  const refused = await run(['score', '--model', model, '--logit', '1'], `${dialogue}\n`);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /E_PROMPT: .*more than one turn of the user/);
  const system = JSON.stringify({
    messages: ['system', 'user'].map((role) => ({ role, content: 'a' })),
    responses: ['b'],
  });
  const ofRow = await run(['score', '--model', model, '--logit', '1'], `${system}\n`);
  assert.equal(ofRow.code, 1);
  assert.match(ofRow.stderr, /line 1 .*field conversation: .*no place for a system turn/);
  const ofAll = await run(['score', '--model', model, '--logit', '1', '--system', 'Be kind.'], ROWS);
  assert.equal(ofAll.code, 2);
  assert.match(ofAll.stderr, /^starling-rm: E_TEMPLATE: the template pair-roberta [^\n]*drop --system[^\n]*\n$/);
  assert.equal(ofAll.stdout, '');
});

test('doctor looks at such a folder too', async () => {
  const { code, stdout } = await run(['doctor', '--model', foreignFolder(), ...PPO]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^files +WARN +made by other tools/m);
  assert.match(stdout, /^bit identity +ok/m);
});
