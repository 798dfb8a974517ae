import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { checkpointJson } from '../../model/checkpoint-json.js';
import { GOLDEN_FILE, type GoldenRow, goldenText } from '../../model/golden-file.js';
import { type ConversionOptions, copyCommon, digests, type OpenConversion, withConversion } from '../conversion.js';
import { replaceFolder } from '../folder-draft.js';
import { goldenRows } from '../golden/golden-rows.js';
import type { Multiply } from '../golden/streamed-rewards.js';
import type { RewardSettings } from '../reward-settings.js';
import { nameInTrunk, type RewardTensors } from '../reward-tensors.js';
import { classifierConfig } from './classifier-config.js';
import { padToken } from './pad-token.js';
import { type NamedTensor, writeSafetensors } from './safetensors-writer.js';
import { tensorList } from './tensor-list.js';

export interface ToTransformersOptions extends ConversionOptions {
  /** The ids of `GOLDEN_TEXTS` with these settings. */
  encodeGolden: (settings: RewardSettings) => Promise<Int32Array[]>;
  /** Multiplies matrices for the golden rows. */
  multiply: Multiply;
}

/**
 * Converts a checkpoint to a standard sequence-classification folder, which transformers, vLLM and other servers load: config.json for the
 * family's own class, weights in safetensors with their type and bits, tokenizer and chat template, reward.json, and golden rows.
 * @throws StarlingError as `convert` does; E_CHECKPOINT for a head or readout for which the format has no place, E_EXISTS if the folder exists
 */
export function toTransformers(options: ToTransformersOptions): Promise<void> {
  return withConversion(
    options,
    async (conversion) => {
      if (await stat(options.folder).catch(() => undefined)) {
        throw new StarlingError('E_EXISTS', 'this exists already; name a new folder', { file: options.folder });
      }
      const texts = await options.encodeGolden(conversion.settings);
      options.onStep?.(`${GOLDEN_FILE} (rewards of ${texts.length} texts in float32)`);
      const { checkpoint, settings } = conversion;
      const golden = await goldenRows(checkpoint, texts, { padId: settings.pad_id, multiply: options.multiply });
      await replaceFolder(options.folder, options.lock, (draft) => fill(draft, options, conversion, texts, golden));
    },
    refuseOther,
  );
}

/** Writes all files into the draft. Returns their names; reward.json, which holds the digests of the others, is last. */
async function fill(
  draft: string,
  options: ToTransformersOptions,
  { checkpoint, settings, source }: OpenConversion,
  texts: readonly Int32Array[],
  golden: readonly GoldenRow[],
): Promise<string[]> {
  const common = await copyCommon(options, draft);
  const tensors = namedTensors(checkpoint);
  const { floats = 'float32' } = tensors[0].tensor;
  await rewriteConfigs(draft, checkpoint, settings, texts, floats);
  options.onStep?.(`model.safetensors (${floats}, as the checkpoint has it)`);
  const weights = await writeSafetensors(draft, tensors);
  const files = await digests(draft, [...common, ...weights], options.interrupted);
  const reward = { ...settings, dtype: floats, source, files };
  const ofWeights = Object.fromEntries(weights.map((name) => [name, files[name]]));
  await writeFile(join(draft, GOLDEN_FILE), goldenText(golden, ofWeights));
  await writeFile(join(draft, 'reward.json'), `${JSON.stringify(reward, null, 2)}\n`);
  return [...common, ...weights, GOLDEN_FILE, 'reward.json'];
}

/** The tensors by the names of transformers, whose trunk is called `model` and whose head is called `score`. */
function namedTensors(checkpoint: RewardTensors): NamedTensor[] {
  return tensorList(checkpoint.trunk, false).map(({ name, shape }) => ({
    name: name === 'head.weight' ? 'score.weight' : `model.${nameInTrunk(checkpoint.trunk.family, name)}`,
    tensor: checkpoint.stored(name, shape),
  }));
}

/**
 * Rewrites config.json, and the pad token of tokenizer_config.json where it changes: a tokenizer that pads with another token than the
 * model expects would have its pads read. A model that was trained with a pad token which ends texts (`pad_id`) keeps it.
 */
async function rewriteConfigs(
  draft: string,
  checkpoint: RewardTensors,
  { pad_id }: RewardSettings,
  texts: readonly Int32Array[],
  floats: string,
): Promise<void> {
  const [configFile, tokenizerFile] = [join(draft, 'config.json'), join(draft, 'tokenizer_config.json')];
  const config = await checkpointJson(configFile);
  const tokenizerConfig = await checkpointJson(tokenizerFile);
  const tokenizer = await checkpointJson(join(draft, 'tokenizer.json'));
  const { trunk, folder } = checkpoint;
  const { vocabulary } = trunk;
  const pad =
    pad_id === undefined
      ? padToken({ tokenizer, tokenizerConfig, config, texts, vocabulary, folder })
      : { id: pad_id, spelling: undefined };
  await writeJson(configFile, classifierConfig(config, trunk, { padId: pad.id, floats }));
  if (pad.spelling !== undefined) await writeJson(tokenizerFile, { ...tokenizerConfig, pad_token: pad.spelling });
}

function writeJson(file: string, value: JsonObject): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** @throws StarlingError E_CHECKPOINT for a head with a bias, and for the readout `card` */
function refuseOther({ checkpoint, settings }: Pick<OpenConversion, 'checkpoint' | 'settings'>): void {
  const { folder, head, headBias } = checkpoint;
  if (headBias) {
    const problem = `the head has a bias (${head}.bias), for which the class of transformers has no place`;
    const remedy = `it adds the same to every reward: remove ${head}.bias from the weights and rankings stay as they are, or score without --to`;
    throw new StarlingError('E_CHECKPOINT', `${problem}; ${remedy}`, { file: folder });
  }
  if (settings.readout === 'card') {
    const problem = `the readout is card: a pad token at position ${settings.max_length - 1} after each text, which no server can place`;
    const remedy =
      'convert with --readout last-token, which gives other rewards and orders a third of the pairs differently (docs/engines.md), or score without --to';
    throw new StarlingError('E_CHECKPOINT', `${problem}; ${remedy}`, { file: folder });
  }
}
