import { axolotlBt } from './axolotl-bt.js';
import { axolotlDpo } from './axolotl-dpo.js';
import type { TrainingFormat } from './format.js';
import { group } from './group.js';
import { kwise } from './kwise.js';
import { listwise } from './listwise.js';
import { llamafactoryAlpaca } from './llamafactory-alpaca.js';
import { llamafactoryKto } from './llamafactory-kto.js';
import { llamafactorySharegpt } from './llamafactory-sharegpt.js';
import { msSwift } from './ms-swift.js';
import { nectar } from './nectar.js';
import { nemoRl } from './nemo-rl.js';
import { openrlhf } from './openrlhf.js';
import { sft } from './sft.js';
import { trlImplicit } from './trl-implicit.js';
import { trlKto } from './trl-kto.js';
import { trlPreference } from './trl-preference.js';

/** All formats, by the names that `--to` takes. */
export const TRAINING_FORMATS = {
  'trl-preference': trlPreference,
  'trl-implicit': trlImplicit,
  'trl-kto': trlKto,
  sft,
  openrlhf,
  'llamafactory-alpaca': llamafactoryAlpaca,
  'llamafactory-sharegpt': llamafactorySharegpt,
  'llamafactory-kto': llamafactoryKto,
  'axolotl-bt': axolotlBt,
  'axolotl-dpo': axolotlDpo,
  'ms-swift': msSwift,
  'nemo-rl': nemoRl,
  listwise,
  kwise,
  group,
  nectar,
} as const satisfies Readonly<Record<string, TrainingFormat>>;

export type TrainingFormatName = keyof typeof TRAINING_FORMATS;

export const TRAINING_FORMAT_NAMES = Object.keys(TRAINING_FORMATS) as TrainingFormatName[];
