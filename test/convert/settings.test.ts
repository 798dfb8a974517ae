import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ranking } from '../../src/contracts/ranking.js';
import type { Row } from '../../src/contracts/row.js';
import { type ConvertOptions, convert } from '../../src/convert/convert.js';
import type { RewardOverrides } from '../../src/convert/reward-settings.js';
import { knownRepository } from '../../src/model/known-models.js';
import { openScorer } from '../../src/score/open-scorer.js';
import { type Changes, scoringOf } from '../scoring-of.js';
import { tempFolder } from '../temp-folder.js';
import { familyOracle, writeFamily } from './families.js';

const CHATML =
  "{{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}";
const BRACKETS = '{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>{% endfor %}';

interface Given {
  name?: string;
  reward?: object;
  tokenizer?: object;
  config?: object;
  overrides?: RewardOverrides;
}

/** Converts a checkpoint with these settings in a new folder. */
async function converted({ name = 'x', reward, tokenizer, config, overrides = {} }: Given): Promise<ConvertOptions> {
  const folder = tempFolder();
  const checkpoint = await writeFamily(join(folder, name), familyOracle('yi'), reward ?? {});
  const change = async (file: string, by: object | undefined) => {
    const path = join(checkpoint, file);
    if (by) await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...by }));
  };
  await change('tokenizer.json', tokenizer);
  await change('tokenizer_config.json', config);
  const options: ConvertOptions = { checkpoint, folder: join(folder, 'model'), dtypes: ['fp32'], overrides };
  await convert(options);
  return options;
}

async function settings(given: Given) {
  const { folder } = await converted(given);
  const { template, readout, add_bos, card, max_length } = JSON.parse(
    await readFile(join(folder, 'reward.json'), 'utf8'),
  );
  return { template, readout, add_bos, card, max_length };
}

async function* rows(): AsyncGenerator<Row> {
  const conversation = [{ role: 'user' as const, text: 'Hello?' }];
  const answers = ['Hi!', 'the other', '</s>'].map((text) => ({ text }));
  yield { index: 0, promptId: '', conversation, answers, place: {}, record: {} };
}

async function scores(model: string, changes: Changes = {}): Promise<number[]> {
  const scorer = await openScorer(scoringOf(model, changes));
  const found: Ranking[] = [];
  for await (const ranking of scorer.rankings(rows(), { keep: false, stop: () => {} })) found.push(ranking as Ranking);
  await scorer.close();
  return found[0].scores;
}

test('published repositories are known by their name', async () => {
  const card = { pad_id: 1, fill_id: 0 };
  const seven = { template: 'llama-2-card', readout: 'card', add_bos: true, card, max_length: 128 };
  assert.deepEqual(await settings({ name: 'Starling-RM-7B-alpha' }), seven);
  const thirtyfour = { template: 'chatml', readout: 'last-token', add_bos: false, card: undefined, max_length: 128 };
  assert.deepEqual(await settings({ name: 'starling-rm-34b' }), thirtyfour);
  const read = await settings({ name: 'Starling-RM-34B', overrides: { readout: 'card' } });
  assert.deepEqual(read.card, { pad_id: 0, fill_id: 0 });
  assert.equal(knownRepository('Skywork/Skywork-Reward-Llama-3.1-8B-v0.2')?.template, 'chat-template');
  assert.equal(knownRepository('OpenAssistant/reward-model-deberta-v3-large-v2')?.template, 'pair');
  assert.equal(knownRepository('someone/Starling-RM-34B')?.template, 'chatml');
  for (const other of ['x', '', 'constructor', 'Starling-RM']) assert.equal(knownRepository(other), undefined);
});

test("a checkpoint's reward.json overrides what is known of its name, and flags override both", async () => {
  const reward = { template: 'llama-2-ppo', readout: 'last-token', add_bos: false, max_length: 64 };
  const given = { name: 'Starling-RM-7B-alpha', reward };
  assert.deepEqual(await settings(given), { ...reward, card: undefined });
  const overrides = { template: 'llama-2-nectar', readout: 'card', addBos: true, maxLength: 32 } as const;
  const { template, readout, add_bos, max_length } = await settings({ ...given, overrides });
  assert.deepEqual([template, readout, add_bos, max_length], ['llama-2-nectar', 'card', true, 32]);
});

test("the tokenizer's chat template is the last resort, and BOS comes once, from the template or from add_bos", async () => {
  const plain = { chat_template: CHATML.replace('{{ bos_token }}', '') };
  const bos = async (given: Given) => (await settings(given)).add_bos;
  assert.equal((await settings({ config: plain })).template, 'chat-template');
  assert.equal(await bos({ config: plain }), false);
  assert.equal(await bos({ config: { chat_template: CHATML } }), true, 'the template sets it');
  assert.equal(await bos({ config: { ...plain, add_bos_token: true } }), true, 'the config says so');
  const single = [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
  const post_processor = { type: 'TemplateProcessing', single, special_tokens: {} };
  assert.equal(await bos({ config: plain, tokenizer: { post_processor } }), true, 'the tokenizer sets it');
  const sequence = { type: 'Sequence', processors: [{ type: 'ByteLevel' }, post_processor] };
  assert.equal(await bos({ config: plain, tokenizer: { post_processor: sequence } }), true, 'as one of several');
  assert.equal(await bos({ config: { ...plain, add_bos_token: false }, tokenizer: { post_processor } }), false);
});

test('a template from a file is copied to the model, checked by its digest, and cannot be combined with another', async () => {
  const file = join(tempFolder(), 'brackets.jinja');
  await writeFile(file, BRACKETS);
  const options = await converted({ config: { chat_template: CHATML }, overrides: { templateFile: file } });
  const kept = join(options.folder, 'chat_template.jinja');
  assert.equal(await readFile(kept, 'utf8'), BRACKETS);
  const own = await converted({ config: { chat_template: CHATML }, overrides: { addBos: false } });
  const expected = await scores(options.folder);
  assert.notDeepEqual(await scores(own.folder), expected);
  assert.deepEqual(await scores(own.folder, { templateFile: file }), expected);
  await convert({ ...options, dtypes: ['int8'] });
  await assert.rejects(convert({ ...options, overrides: { template: 'chat-template' } }), /E_EXISTS/);
  await writeFile(kept, `${BRACKETS} `);
  await assert.rejects(
    scores(options.folder),
    /chat_template\.jinja: this file has another SHA-256 than reward\.json lists/,
  );
});

test('invalid settings are refused with their field', async () => {
  const cases: [Given, RegExp][] = [
    [{ reward: { template: 'chatml', readout: 'mean' } }, /E_CHECKPOINT: .*field readout: expected last-token or card/],
    [
      { reward: { template: 'chatml', readout: 'card', card: { pad_id: 1 } } },
      /E_CHECKPOINT: .*field card: .*"fill_id"/,
    ],
    [{ reward: { template: 'chatml', readout: 'card', card: { pad_id: 1, fill_id: 368 } } }, /ids below 368/],
    [
      {},
      /E_USAGE: .*neither reward\.json nor the tokenizer has one; expected "template" in reward\.json, or --template/,
    ],
    [{ overrides: { templateFile: join(tempFolder(), 'none') } }, /E_NO_INPUT: .*this template cannot be read/],
  ];
  for (const [given, message] of cases) await assert.rejects(converted(given), message);
});
