import { StarlingError } from '../../contracts/errors.js';
import type { RewardOverrides } from '../../convert/reward-settings.js';
import type { Dtype } from '../../model/files.js';
import type { Console } from '../common/console/console.js';
import type { ConsoleFlags } from '../common/flags.js';
import { consoleSettings, refuseTwoTemplates } from '../common/settings.js';

const DEFAULT_DTYPES: readonly Dtype[] = ['int8'];

/** What a checkpoint can be converted to: graphs for this machine, or the folder of a class of transformers. */
export const LAYOUTS = ['onnx', 'transformers'] as const;

export interface ConvertFlags extends ConsoleFlags, RewardOverrides {
  base?: string;
  dtype?: Dtype[];
  to?: (typeof LAYOUTS)[number];
}

/** Where a checkpoint is found. */
export interface SourceSettings {
  /** A folder, or a repository on the hub. */
  checkpoint: string;
  /** Where settings and tokenizer are, if the checkpoint lacks them. */
  base?: string;
}

export interface ConvertSettings {
  source: SourceSettings;
  /** The model folder that is made. */
  folder: string;
  /** The dtypes of the graphs; absent for a folder that servers load, whose weights keep their type. */
  dtypes?: readonly Dtype[];
  /** Settings of texts and readout that override the checkpoint's. */
  text: RewardOverrides;
  console: Console;
}

/** @throws StarlingError E_USAGE for flags that contradict each other */
export function convertSettings(
  checkpoint: string,
  folder: string,
  flags: ConvertFlags,
  console: Console,
): ConvertSettings {
  refuseTwoTemplates(flags);
  const { base, dtype, to = 'onnx', template, templateFile, system, trim, addBos, readout, maxLength } = flags;
  if (to === 'transformers' && dtype !== undefined) {
    const problem = 'with --to transformers the weights keep the type that the checkpoint has';
    throw new StarlingError('E_USAGE', `${problem}; drop --dtype`);
  }
  return {
    source: { checkpoint, base },
    folder,
    ...(to === 'onnx' && { dtypes: dtype ?? DEFAULT_DTYPES }),
    text: { template, templateFile, system, trim, addBos, readout, maxLength },
    console: consoleSettings(flags, console),
  };
}
