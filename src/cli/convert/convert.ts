import { join } from 'node:path';
import { convert } from '../../convert/convert.js';
import type { RewardOverrides, RewardSettings } from '../../convert/reward-settings.js';
import { TextThread } from '../../model/texts/thread.js';
import { tellInterrupt } from '../common/stop-signals.js';
import { openCheckpointSource } from './checkpoint-source.js';
import type { ConvertSettings } from './settings.js';
import { waitForLock } from './wait-for-lock.js';

/** Converts a checkpoint, a folder or a repository on the hub, to a model folder. */
export async function convertTo(
  { source: where, folder, dtypes, text, console }: ConvertSettings,
  interrupted: AbortSignal,
): Promise<void> {
  tellInterrupt(interrupted, console);
  const onStep = (what: string) => console.tell(`writing ${what}`);
  await using source = await openCheckpointSource(where, console, interrupted);
  await convert({
    checkpoint: source.folder,
    repository: source.repository,
    folder,
    dtypes,
    overrides: text,
    onStep,
    interrupted,
    lock: (path) => waitForLock(path, folder, console, interrupted),
    checkText: async (settings) => {
      await checkEncoding(source.folder, settings, text, interrupted);
      console.tell(settingsText(settings));
    },
  });
}

/** Throws if texts cannot be made, as when the tokenizer lacks a token of the template. */
async function checkEncoding(
  checkpoint: string,
  settings: RewardSettings,
  overrides: RewardOverrides,
  interrupted: AbortSignal,
): Promise<void> {
  const { template, system, trim, add_bos: addBos, max_length: maxLength } = settings;
  const { templateFile } = overrides;
  const place =
    overrides.template === undefined ? { file: join(checkpoint, 'reward.json'), field: 'template' } : undefined;
  const options = { template, templateFile, system, trim, maxLength, addBos, allowSpecial: false, place };
  const texts = new TextThread(checkpoint, options, { interrupted });
  try {
    await texts.ask('open', null);
  } finally {
    await texts.close();
  }
}

/** The settings that every reward depends on, shown because no reward reveals them. */
function settingsText({ template, readout, pad_id, add_bos, max_length }: RewardSettings): string {
  const before = readout === 'last-token' && pad_id !== undefined ? ` before pads (id ${pad_id})` : '';
  return `template ${template}, readout ${readout}${before}, BOS ${add_bos ? 'added' : 'not added'}, at most ${max_length} tokens`;
}
