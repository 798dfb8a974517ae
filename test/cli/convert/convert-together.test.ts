import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { randomTensors, type Shape, type Tensors, TINY, writeCheckpoint } from '../../convert/tiny-checkpoint.js';
import { writeSmallTokenizer } from '../../encode/tokenizer-json/small-tokenizer.js';
import { tempFolder } from '../../temp-folder.js';
import { type Finished, finished, row, run, start } from '../run.js';

const DTYPES = ['int8', 'q4', 'fp32'];
const GRAPHS = ['onnx/model.onnx', 'onnx/model_int8.onnx', 'onnx/model_q4.onnx'];

async function checkpointIn(folder: string, shape: Shape = TINY, tensors?: Tensors): Promise<string> {
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'), shape, tensors);
  const tokenizer = writeSmallTokenizer({});
  for (const name of readdirSync(tokenizer)) writeFileSync(join(checkpoint, name), readFileSync(join(tokenizer, name)));
  writeFileSync(join(checkpoint, 'reward.json'), JSON.stringify({ template: 'llama-2-ppo', max_length: 64 }));
  return checkpoint;
}

const graphsOf = (model: string) =>
  Object.keys(JSON.parse(readFileSync(join(model, 'reward.json'), 'utf8')).files)
    .filter((name) => name.endsWith('.onnx'))
    .sort();

test('concurrent conversions into one folder all succeed', async () => {
  const folder = tempFolder();
  const checkpoint = await checkpointIn(folder);
  for (let round = 0; round < 2; round++) {
    const model = join(folder, `model-${round}`);
    const ends = await Promise.all(DTYPES.map((dtype) => run(['convert', checkpoint, model, '--dtype', dtype])));
    for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
    assert.deepEqual(graphsOf(model), GRAPHS);
    assert.equal(statSync(model).mode & 0o777, 0o777 & ~process.umask());
    for (const dtype of DTYPES) {
      const { code, stderr } = await run(['score', '--model', model, '--dtype', dtype], row('a', ['ab', 'b']));
      assert.equal(code, 0, stderr);
    }
  }
  assert.deepEqual(readdirSync(folder).sort(), ['checkpoint', 'model-0', 'model-1']);
});

/** A checkpoint that is large enough for its conversion to be observed while it writes. */
const LARGE: Shape = { ...TINY, width: 512, heads: 4, headDim: 128, feedForward: 2048, vocabulary: 20_000 };

function largeTensors(): Tensors {
  const tiny = randomTensors({ ...TINY, width: 16, heads: 4, kvHeads: 2, headDim: 4, feedForward: 16, vocabulary: 16 });
  const sizes: Record<string, number[]> = {
    'embed_tokens.weight': [LARGE.vocabulary, LARGE.width],
    'q_proj.weight': [512, 512],
    'k_proj.weight': [256, 512],
    'v_proj.weight': [256, 512],
    'o_proj.weight': [512, 512],
    'gate_proj.weight': [2048, 512],
    'up_proj.weight': [2048, 512],
    'down_proj.weight': [512, 2048],
    'v_head.weight': [1, 512],
  };
  return new Map(
    [...tiny.keys()].map((name) => {
      const shape = sizes[Object.keys(sizes).find((end) => name.endsWith(end)) ?? ''] ?? [512];
      const values = new Float32Array(shape.reduce((product, extent) => product * extent)).fill(0.0625);
      return [name, { shape, values }];
    }),
  );
}

/** Starts a conversion and returns it when it has begun to write its draft. */
async function writing(checkpoint: string, model: string, dtype: string) {
  const child = start('convert', checkpoint, model, '--dtype', dtype);
  const end = finished(child);
  let ended: Finished | undefined;
  end.then((how) => {
    ended = how;
  });
  const begun = () => readdirSync(join(model, '..')).some((name) => name.startsWith('large.partial-'));
  while (!begun() && ended === undefined) await wait(1);
  assert.equal(ended, undefined, `it was not met while it wrote: ${JSON.stringify(ended)}`);
  return { child, end };
}

test('a killed conversion leaves no model, and the next conversion removes its remains', async () => {
  const folder = tempFolder();
  const checkpoint = await checkpointIn(folder, LARGE, largeTensors());
  const model = join(folder, 'large');
  const { child, end } = await writing(checkpoint, model, 'fp32');
  child.kill('SIGKILL');
  assert.equal((await end).signal, 'SIGKILL');
  assert.ok(!existsSync(model));
  const [left] = readdirSync(folder).filter((name) => name.startsWith('large.partial-'));
  assert.ok(left !== undefined && existsSync(join(folder, 'large.lock')));
  const scored = await run(['score', '--model', join(folder, left)], row('a'));
  assert.deepEqual([scored.code, scored.stdout], [2, '']);
  // A file that only has a name like a draft is not removed.
  mkdirSync(join(folder, 'large.partial-thesis'));
  writeFileSync(join(folder, 'large.partial-thesis/chapter.txt'), 'x');

  const again = await run(['convert', checkpoint, model, '--dtype', 'int8']);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(graphsOf(model), ['onnx/model_int8.onnx']);
  assert.deepEqual(readdirSync(folder).sort(), ['checkpoint', 'large', 'large.partial-thesis']);
});

test('a conversion that has to wait names the process it waits for, and can be stopped', async () => {
  const folder = tempFolder();
  const checkpoint = await checkpointIn(folder, LARGE, largeTensors());
  const model = join(folder, 'large');
  const first = await writing(checkpoint, model, 'fp32');
  first.child.kill('SIGSTOP');
  const waiting = start('convert', checkpoint, model, '--dtype', 'int8');
  const end = finished(waiting);
  await new Promise<void>((resolve) => {
    let told = '';
    waiting.stderr.on('data', (part: Buffer) => {
      told += part;
      if (told.includes('waiting until it ends')) resolve();
    });
    waiting.once('close', () => resolve());
  });
  waiting.kill('SIGTERM');
  const { code, stderr } = await end;
  assert.match(stderr, new RegExp(`large: another run \\(process ${first.child.pid} on .*; waiting until it ends`));
  assert.equal(code, 143, stderr);
  first.child.kill('SIGCONT');
  assert.equal((await first.end).code, 0);
  assert.deepEqual(graphsOf(model), ['onnx/model.onnx']);
  assert.deepEqual(readdirSync(folder).sort(), ['checkpoint', 'large']);
});
