import { join } from 'node:path';
import type { ConversionOptions } from '../../convert/conversion.js';
import { convert } from '../../convert/convert.js';
import { goldenIds } from '../../convert/golden/golden-ids.js';
import type { RewardOverrides, RewardSettings } from '../../convert/reward-settings.js';
import { toTransformers } from '../../convert/transformers/to-transformers.js';
import { TextThread } from '../../model/texts/thread.js';
import { withMatrixProduct } from '../common/matrix-product.js';
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
  await using source = await openCheckpointSource(where, console, interrupted);
  const options: ConversionOptions = {
    checkpoint: source.folder,
    repository: source.repository,
    folder,
    overrides: text,
    onStep: (what) => console.tell(`writing ${what}`),
    interrupted,
    lock: (path) => waitForLock(path, folder, console, interrupted),
    checkText: async (settings) => {
      await withTexts(source.folder, settings, text, interrupted, (thread) => thread.ask('open', null));
      console.tell(settingsText(settings));
    },
  };
  if (dtypes === undefined) await convertToServe(options, interrupted);
  else await convert({ ...options, dtypes });
}

/** Makes the folder that servers load. */
function convertToServe(options: ConversionOptions, interrupted: AbortSignal): Promise<void> {
  const { checkpoint, overrides } = options;
  return withMatrixProduct((multiply) =>
    toTransformers({
      ...options,
      multiply,
      encodeGolden: (settings) => withTexts(checkpoint, settings, overrides, interrupted, goldenIds),
    }),
  );
}

/** Makes texts with the checkpoint's tokenizer. Throws if they cannot be made, as when the tokenizer lacks a token of the template. */
async function withTexts<Result>(
  checkpoint: string,
  settings: RewardSettings,
  overrides: RewardOverrides,
  interrupted: AbortSignal,
  use: (thread: TextThread) => Promise<Result>,
): Promise<Result> {
  const { template, system, trim, add_bos: addBos, max_length: maxLength } = settings;
  const { templateFile } = overrides;
  const place =
    overrides.template === undefined ? { file: join(checkpoint, 'reward.json'), field: 'template' } : undefined;
  const options = { template, templateFile, system, trim, maxLength, addBos, allowSpecial: false, place };
  const texts = new TextThread(checkpoint, options, { interrupted });
  try {
    return await use(texts);
  } finally {
    await texts.close();
  }
}

/** The settings that every reward depends on, shown because no reward reveals them. */
function settingsText({ template, readout, pad_id, add_bos, max_length }: RewardSettings): string {
  const before = readout === 'last-token' && pad_id !== undefined ? ` before pads (id ${pad_id})` : '';
  return `template ${template}, readout ${readout}${before}, BOS ${add_bos ? 'added' : 'not added'}, at most ${max_length} tokens`;
}
