import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFolder } from '../../engines/local/external-folder.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { lines, row, run } from '../run.js';

const PPO = ['--template', 'llama-2-ppo'];
const ROWS = row('a', ['ab', 'b', 'abab']) + row('b', ['a', 'bb']);

test('a folder of another tool scores, and an answer alone has the same reward', async () => {
  const model = writeFolder();
  const { code, stdout, stderr } = await run(['score', '--model', model, ...PPO], ROWS);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const [first] = lines(stdout).map((line) => JSON.parse(line));
  assert.equal(new Set(first.scores).size, 3);
  const alone = await run(['score', '--model', model, ...PPO], row('a', ['b']));
  assert.deepEqual(JSON.parse(alone.stdout).scores, [first.scores[1]]);
  const inOnnx = await run(['score', '--model', writeFolder({ at: 'onnx/model.onnx' }), ...PPO], ROWS);
  assert.equal(inOnnx.stdout, stdout);
});

test('settings that the files lack must be given, and missing files are named', async () => {
  const cases: [string[], RegExp][] = [
    [['--model', writeFolder()], /E_USAGE: .*the files of this model do not name its template.*--template/],
    [['--model', writeFolder({ graph: 'three-logits' }), ...PPO], /E_USAGE: this model has 3 logits; .*--logit/],
    [['--model', writeFolder(), '--dtype', 'int8', ...PPO], /E_MODEL: .*this folder has no graph of int8/],
    [['--model', writeFolder(), '--max-length', '101', ...PPO], /E_USAGE: .*101 tokens is more than the 100 positions/],
    [['--logit', '0'], /E_USAGE: .*--logit is for external models, .*; drop --logit/],
  ];
  for (const [flags, message] of cases) {
    const { code, stdout, stderr } = await run(['score', ...flags], ROWS);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
    assert.match(stderr, message);
    assert.equal(lines(stderr).length, 1);
  }
  const chosen = await run(['score', '--model', writeFolder({ graph: 'three-logits' }), '--logit', '2', ...PPO], ROWS);
  assert.equal(chosen.code, 0, chosen.stderr);
});

test('of several graphs, fp32 is preferred, then int8, then q4, wherever exporters put them; --dtype overrides', async () => {
  const scores = async (model: string, ...flags: string[]) => {
    const { code, stdout, stderr } = await run(['score', '--model', model, ...PPO, ...flags], ROWS);
    assert.deepEqual([code, lines(stdout).length], [0, 2], stderr);
    return stdout;
  };
  const expected = await scores(writeFolder());
  for (const at of ['onnx/model_quantized.onnx', 'onnx/model_int8.onnx', 'model_quantized.onnx', 'onnx/model_q4.onnx'])
    assert.equal(await scores(writeFolder({ at })), expected, at);
  const several = writeFolder({ at: 'onnx/model.onnx' });
  // Another model, which shows which graph was run.
  const other = join(ROOT, 'test/oracles/foreign/three-logits.onnx');
  for (const name of ['model_quantized', 'model_fp16', 'model_q4'])
    copyFileSync(other, join(several, `onnx/${name}.onnx`));
  assert.equal(await scores(several), expected);
  assert.equal(await scores(several, '--dtype', 'fp32'), expected);
  const quantized = await scores(several, '--dtype', 'int8', '--logit', '1');
  assert.notEqual(quantized, expected);
  assert.equal(quantized, await scores(writeFolder({ graph: 'three-logits' }), '--logit', '1'));
  const { code, stderr } = await run(['score', '--model', writeFolder({ at: 'onnx/model_bnb4.onnx' }), ...PPO], ROWS);
  assert.equal(code, 2);
  assert.match(stderr, /none of the graphs here \(onnx\/model_bnb4\.onnx\) can be used; expected onnx\/model\.onnx/);
});

test('a message says that rewards depend on padding, and they are those of unpadded texts', async () => {
  const model = writeFolder({ graph: 'last-position' });
  const { code, stdout, stderr } = await run(['score', '--model', model, ...PPO], ROWS);
  assert.equal(code, 0);
  assert.match(stderr, /^starling-rm: rewards of this model depend on padding .*: each text is run alone\n$/);
  const sound = await run(['score', '--model', writeFolder(), ...PPO], ROWS);
  const scores = (text: string) => lines(text).flatMap((line) => JSON.parse(line).scores);
  assert.equal(scores(stdout).length, 5);
  scores(stdout).forEach((score, i) => {
    assert.ok(Math.abs(score - scores(sound.stdout)[i]) < 1e-5);
  });
});

test('the chat template of such a folder, or a file, makes its texts', async () => {
  const chat = "{% for m in messages %}{{ m.role + ': ' + m.content + ' ' }}{% endfor %}";
  const model = writeFolder({ settings: { bos_token: '<s>', chat_template: chat } });
  const own = await run(['score', '--model', model, '--template', 'chat-template'], ROWS);
  assert.equal(own.code, 0, own.stderr);
  const file = join(tempFolder(), 'chat.jinja');
  writeFileSync(file, chat);
  const given = await run(['score', '--model', writeFolder(), '--template-file', file], ROWS);
  assert.deepEqual(given, own);
  const other = await run(['score', '--model', model, ...PPO], ROWS);
  assert.notEqual(other.stdout, own.stdout);
});

test('a tokenizer for pairs encodes prompt and answer as a pair', async () => {
  const settings = { cls_token: '<s>', sep_token: '</s>' };
  const model = writeFolder({ graph: 'three-logits', settings });
  const { code, stdout, stderr } = await run(['score', '--model', model, '--logit', '1'], ROWS);
  assert.equal(code, 0, stderr);
  assert.equal(lines(stdout).length, 2);
  const dialogue = JSON.stringify({
    messages: ['user', 'assistant', 'user'].map((role) => ({ role, content: 'a' })),
    responses: ['b'],
  });
  const refused = await run(['score', '--model', model, '--logit', '1'], `${dialogue}\n`);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /E_PROMPT: .*no place for a system turn or further turns; expected a single turn of the user/,
  );
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

test('doctor examines such a folder too', async () => {
  const { code, stdout } = await run(['doctor', '--model', writeFolder(), ...PPO]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^files +WARN +external model: there are no digests/m);
  assert.match(stdout, /^bit identity +ok/m);
});
