import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TextConsole } from '../../../src/cli/common/console/text-console.js';
import { convertTo } from '../../../src/cli/convert/convert.js';
import type { RewardOverrides } from '../../../src/convert/reward-settings.js';
import { type FamilyOracle, oracle, weightsOf, writeFamily } from '../families.js';

/** Converts a checkpoint with the command's own code to the folder that servers load. */
export function convertToServe(checkpoint: string, folder: string, text: RewardOverrides = {}): Promise<void> {
  const console = new TextConsole().of({ quiet: true, progress: false });
  return convertTo({ source: { checkpoint }, folder, text, console }, new AbortController().signal);
}

/** The families that the format can hold, by names for folders. */
export const SERVED_FAMILIES: ReadonlyMap<string, FamilyOracle> = new Map(
  oracle.families.map((family) => [family.family.replaceAll(/[ ,]+/g, '-'), family]),
);

/** Writes the checkpoint of a family, whose head has no bias, into `parent` and converts it. Returns the folder. */
export async function servedFamily(parent: string, name: string): Promise<string> {
  const family = SERVED_FAMILIES.get(name);
  if (family === undefined) throw new Error(`no family ${name}`);
  const tensors = new Map([...weightsOf(family)].filter(([tensor]) => tensor !== 'value_head.bias'));
  await mkdir(parent, { recursive: true });
  const checkpoint = await writeFamily(join(parent, `${name}-checkpoint`), family, { template: 'chatml' }, tensors);
  const folder = join(parent, name);
  await convertToServe(checkpoint, folder);
  return folder;
}
