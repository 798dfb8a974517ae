import type { RewardOverrides } from '../../convert/reward-settings.js';
import type { Dtype } from '../../model/files.js';
import type { Console } from '../common/console/console.js';
import type { ConsoleFlags } from '../common/flags.js';
import { consoleSettings, refuseTwoTemplates } from '../common/settings.js';

export interface ConvertFlags extends ConsoleFlags, RewardOverrides {
  base?: string;
  dtype: Dtype[];
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
  dtypes: readonly Dtype[];
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
  const { base, dtype: dtypes, template, templateFile, system, trim, addBos, readout, maxLength } = flags;
  return {
    source: { checkpoint, base },
    folder,
    dtypes,
    text: { template, templateFile, system, trim, addBos, readout, maxLength },
    console: consoleSettings(flags, console),
  };
}
