import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MODEL } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { row, run } from './run.js';

/** A copy of the embedded model. */
async function copiedModel(): Promise<string> {
  const folder = join(tempFolder(), 'model');
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const { files } = JSON.parse(await readFile(join(MODEL, 'reward.json'), 'utf8'));
  for (const name of ['reward.json', ...Object.keys(files)]) await copyFile(join(MODEL, name), join(folder, name));
  return folder;
}

test('misuse ends with 2 and one line that says what is wrong and where, before anything is read or written', async () => {
  const folder = tempFolder();
  const cases: [string[], RegExp][] = [
    [['score', 'no-such-file.jsonl'], /E_NO_INPUT: no-such-file\.jsonl: /],
    [['score', 'src'], /E_NO_INPUT: src: this folder has no data files/],
    [['score', 'no-such/*.parquet'], /E_NO_INPUT: no-such\/\*\.parquet: no file matches/],
    [['score', '--rejects', 'x'], /E_USAGE: --rejects does nothing without --on-error skip/],
    [['score', '--lower-is-better'], /E_USAGE: --lower-is-better does nothing without --label-field/],
    [['score', '--dry-run', '-o', 'x'], /E_USAGE: --dry-run writes no rankings/],
    [['score', '--where', 'true'], /E_USAGE: .*--where needs Parquet/],
    [['evaluate', '--scored', '--label-field', 'x'], /E_USAGE: with --scored no row is read.*--label-field/],
    [['evaluate', '--suspects-limit', '5'], /E_USAGE: --suspects-limit does nothing without --suspects/],
    [['score', '-', '-'], /E_USAGE: .*stdin/],
    [['score', '--template', 'chatlm'], /E_TEMPLATE: .*chatlm.*chatml/],
    [['score', '--template', 'llama-2-nectar'], /E_MODEL: .*this tokenizer has no token <s>; choose a --template/],
    [['score', '--template-file', 'no-such.jinja'], /E_NO_INPUT: no-such\.jinja: this template cannot be read/],
    [['score', '--template-file', 'LICENSE'], /E_TEMPLATE: LICENSE: the template omits the text of the user/],
    [['score', '--template', 'chatml', '--template-file', 'x'], /E_USAGE: --template and --template-file both/],
    [['score', '--readout', 'card'], /E_USAGE: .*convert the checkpoint again with --readout card/],
    [['score', '--readout', 'mean'], /E_USAGE: .*last-token, card/],
    [['score', '--model', 'no-such-model'], /E_MODEL: no-such-model: no such model folder/],
    [['score', '--model', 'fixtures'], /E_MODEL: fixtures\/reward\.json: not a model folder/],
    [['score', '--dtype', 'fp32'], /E_MODEL: .*this model has no fp32; it has int8/],
    [['score', '--dtype', 'int9'], /E_USAGE: .*int9/],
    [['score', '--max-length', '100000'], /E_USAGE: .*100000 tokens is more than the 8192 positions/],
    [['score', '--max-length', '1'], /E_USAGE: .*at least 2/],
    [['score', '--workers', '0'], /E_USAGE: .*at least 1/],
    [['score', '--limit', '-1'], /E_USAGE: .*at least 0/],
    [['score', '--limit', '1.5'], /E_USAGE: .*at least 0/],
    [['score', '--on-error', 'ignore'], /E_USAGE: .*stop, skip/],
    [['score', '--no-such-flag'], /E_USAGE: unknown option/],
    [['score', '-o', folder], /E_USAGE: .*not a file/],
    [
      ['evaluate', '--scored', '--dtype', 'int8'],
      /E_USAGE: with --scored no row is read and no model is run.*: --dtype/,
    ],
    [['evaluate', '--json', '-', '--save', '-'], /E_USAGE: .*same place/],
    [['evaluate', '--json', 'x', '--save', './x'], /E_USAGE: .*same place/],
    [['score', '-o', join(folder, 'no/such/r.jsonl')], /E_USAGE: .*r\.jsonl: cannot be created: ENOENT/],
    [['score', '-o', ''], /E_USAGE: '': not a file/],
    [['score', ''], /E_NO_INPUT: '': /],
    [['convert', 'no-such-checkpoint', join(folder, 'x')], /E_NO_INPUT: no-such-checkpoint: /],
    [['convert', 'fixtures', join(folder, 'x'), '--dtype', 'int2'], /E_USAGE: .*int2/],
    [
      ['convert', 'x', 'y', '--template', 'chatml', '--template-file', 'z'],
      /E_USAGE: --template and --template-file both/,
    ],
    [['convert', 'fixtures'], /E_USAGE: missing required argument/],
    [['rank'], /E_USAGE: unknown command/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await run(args, row('a'));
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, `${args}: ${stderr}`);
    assert.match(stderr, expected);
    assert.match(stderr, /^starling-rm: [^\n]+\n$/);
  }
});

test('a model folder with a missing or altered file is refused, naming the file', async () => {
  const spoiled: [RegExp, (folder: string) => Promise<unknown>][] = [
    [/tokenizer\.json: .*SHA-256/, (folder) => appendFile(join(folder, 'tokenizer.json'), ' ')],
    [/model_int8\.onnx: .*SHA-256/, (folder) => appendFile(join(folder, 'onnx/model_int8.onnx'), ' ')],
    [/config\.json: .*missing/, (folder) => rm(join(folder, 'config.json'))],
    [/model_int8\.onnx_data: .*missing/, (folder) => rm(join(folder, 'onnx/model_int8.onnx_data'))],
    [/reward\.json: not valid JSON/, (folder) => writeFile(join(folder, 'reward.json'), '{')],
    [
      /E_MODEL: .*reward\.json: this reward\.json has no digests, .*starling-rm convert/,
      (folder) => writeFile(join(folder, 'reward.json'), '{}'),
    ],
  ];
  for (const [expected, spoil] of spoiled) {
    const folder = await copiedModel();
    await spoil(folder);
    const { code, stdout, stderr } = await run(['score', '--model', folder], row('a'));
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    assert.match(stderr, expected);
  }
  const { code } = await run(['score', '--model', await copiedModel()], row('a'));
  assert.equal(code, 0, 'an unspoiled copy works');
});
