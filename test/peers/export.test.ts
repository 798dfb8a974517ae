import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { TRAINING_FORMAT_NAMES } from '../../src/export/formats/formats.js';
import { run } from '../cli/run.js';
import { commandsOf, README } from '../docs/pages.js';
import { shapeFiles } from '../export/shape-rows.js';
import { ROOT, SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';

/** A Python with test/peers/requirements-export.txt. */
const python = process.env.STARLING_RM_PEERS_PYTHON;
const skip =
  python === undefined &&
  'NOT TESTED: trainers; STARLING_RM_PEERS_PYTHON must name a Python with test/peers/requirements-export.txt';

const TEXTS = ['trl-preference', 'trl-implicit', 'trl-kto', 'sft', 'openrlhf'];

/** Rankings of the sample by the embedded model, and of the eight shapes of rows, exported to every format, in one folder. */
async function exports(): Promise<string> {
  const [folder, sample] = [tempFolder(), join(tempFolder(), 'sample.jsonl')];
  assert.equal((await run(['score', SAMPLE, '--keep', '-q', '-o', sample])).code, 0);
  const rankings = [sample, (await shapeFiles(true)).rankings];
  const exported = async (to: string, name: string, ...more: string[]) => {
    const record = join(tempFolder(), 'record.json');
    const args = ['export', ...rankings, '--to', to, '-o', join(folder, name), '--run-file', record, '-q', ...more];
    const { code, stderr } = await run(args);
    // axolotl-bt has no place for earlier turns.
    assert.equal(code, to === 'axolotl-bt' ? 1 : 0, stderr);
  };
  for (const to of TRAINING_FORMAT_NAMES)
    for (const format of ['jsonl', 'parquet', 'arrow']) await exported(to, `${to}.${format}`, '--on-error', 'skip');
  for (const to of TEXTS) await exported(to, `${to}-text.jsonl`, '--text');
  await exported('sft', 'sft-prompt-completion.jsonl', '--layout', 'prompt-completion');
  return folder;
}

test('trainers read every format: datasets loads it, and TRL and sentence-transformers take two optimizer steps on it', {
  skip,
}, async (t) => {
  const { stdout, stderr, status } = spawnSync(
    `${python}`,
    [join(ROOT, 'test/peers/export_training.py'), await exports()],
    {
      encoding: 'utf8',
      env: { ...process.env, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' },
    },
  );
  // transformers prints the figures of each run as a Python object.
  for (const line of stdout.split('\n').filter((text) => /^[^{]/.test(text))) t.diagnostic(line);
  assert.equal(status, 0, stderr);
  for (const to of TRAINING_FORMAT_NAMES)
    for (const format of ['jsonl', 'parquet', 'arrow'])
      assert.match(stdout, new RegExp(`: ${to}\\.${format}: \\d+ examples`));
  for (const trainer of ['RewardTrainer', 'DPOTrainer', 'KTOTrainer', 'SFTTrainer', 'ListMLE'])
    assert.match(stdout, new RegExp(`${trainer}, .*: 2 steps`));
  assert.match(stdout, /^no warning names a column$/m);
});

test('the commands of the README lead from rows to two steps of DPO', { skip }, (t) => {
  const folder = tempFolder();
  cpSync(join(ROOT, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
  const environment = {
    ...process.env,
    PATH: `${dirname(`${python}`)}:${join(ROOT, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
    HF_HUB_OFFLINE: '1',
  };
  const inFolder = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env: environment, encoding: 'utf8' });
    assert.equal(status, 0, `${args}: ${stderr}`);
    return stdout + stderr;
  };
  inFolder(`${python}`, join(ROOT, 'test/peers/export_training.py'), '--policy', 'my-policy');
  const all = commandsOf(README).map(({ text }) => text);
  const last = all.findIndex((text) => text.startsWith('trl dpo '));
  const commands = all.slice(last - 3, last + 1);
  assert.match(commands[0], /^starling-rm score fixtures\/sample.jsonl /);
  for (const command of commands) {
    const said = inFolder('bash', '-c', command);
    t.diagnostic(command);
    if (command.startsWith('trl ')) assert.match(said, /2\/2 \[/);
  }
  const { global_step } = JSON.parse(readFileSync(join(folder, 'tuned/checkpoint-2/trainer_state.json'), 'utf8'));
  assert.equal(global_step, 2);
});
