import { oneLine } from '../../contracts/errors.js';
import { type Input, openInputs } from '../../read/inputs/inputs.js';
import { type InspectOptions, inspected } from '../../read/inputs/inspected.js';
import { type Destination, refuseSamePlace } from '../../write/files/same-place.js';
import type { ReadFlags } from './flags.js';
import { tell } from './tell.js';
import { tellWaiting } from './tell-waiting.js';

const MOST_NAMED = 5;

/**
 * The inputs that paths stand for, checked as far as it can be before anything of them is used. What folders have and is not read is told.
 * @throws StarlingError E_NO_INPUT, E_READ, E_USAGE
 */
export async function inputsOf(
  paths: readonly string[],
  destinations: readonly Destination[],
  options: InspectOptions,
  { quiet, onError }: Pick<ReadFlags, 'quiet' | 'onError'>,
): Promise<readonly Input[]> {
  const passedOver = new Map<string, string[]>();
  const onPassedOver = (file: string, why: string) => passedOver.set(why, [...(passedOver.get(why) ?? []), file]);
  const opened = await openInputs(paths, onPassedOver);
  await refuseSamePlace(destinations, opened);
  tellWaiting(opened, { quiet });
  const inputs = await inspected(opened, { ...options, stopsAtBadRow: onError === 'stop' }, onPassedOver);
  if (!quiet) for (const [why, files] of passedOver) tell(passedOverText(why, files));
  return inputs;
}

function passedOverText(why: string, files: readonly string[]): string {
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : '';
  return oneLine(`passed over (${why}): ${files.slice(0, MOST_NAMED).join(', ')}${more}`);
}
