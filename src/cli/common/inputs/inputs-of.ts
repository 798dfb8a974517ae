import { oneLine } from '../../../contracts/errors.js';
import { type Input, openInputs, type ReadOptions } from '../../../read/inputs/inputs.js';
import { inspected } from '../../../read/inputs/inspected.js';
import type { FieldNames } from '../../../read/shapes/names.js';
import { type Destination, refuseSamePlace } from '../../../write/files/same-place.js';
import type { Console } from '../console/console.js';
import type { InputSettings } from '../settings.js';
import { fetchedPaths } from './fetched-paths.js';
import { tellWaiting } from './tell-waiting.js';

const MOST_NAMED = 5;

/** Which inputs are opened, and how. */
interface InputsSettings {
  paths: readonly string[];
  input: InputSettings;
  console: Console;
  /** The metrics file. */
  metrics?: string;
  /** The fields that hold the parts of rows, as far as flags name them. */
  fields?: FieldNames;
  /** As in `ReadOptions`. */
  onIdentity?: ReadOptions['onIdentity'];
}

/**
 * Resolves paths to inputs, and checks them as far as possible before any is used. No input may be a destination or `--rejects`. Files in
 * folders that are not read are reported.
 * @throws StarlingError E_NO_INPUT, E_READ, E_USAGE
 */
export async function inputsOf(
  settings: InputsSettings,
  destinations: readonly Destination[],
  interrupted: AbortSignal,
): Promise<readonly Input[]> {
  const { input, console, fields, metrics } = settings;
  const { onError, rejects } = input;
  const passedOver = new Map<string, string[]>();
  const onPassedOver = (file: string, why: string) => passedOver.set(why, [...(passedOver.get(why) ?? []), file]);
  const paths = await fetchedPaths(settings.paths, input.hub, console, interrupted);
  const opened = await openInputs(paths, onPassedOver);
  const others = [
    { flag: '--rejects', target: rejects?.target },
    { flag: '--metrics', target: metrics },
  ];
  await refuseSamePlace([...destinations, ...others], opened);
  tellWaiting(opened, console);
  const options = { ...readOptions(settings, interrupted), fields, stopsAtBadRow: onError === 'stop' };
  const inputs = await inspected(opened, options, onPassedOver);
  for (const [why, files] of passedOver) {
    console.tell(passedOverText(why, files), { level: 'warning', event: 'passed-over', why, files });
  }
  return inputs;
}

/** Options for reading the inputs until the run is interrupted. A file that grows meanwhile is reported. */
export function readOptions(
  { input, console, onIdentity }: Pick<InputsSettings, 'input' | 'console' | 'onIdentity'>,
  interrupted: AbortSignal,
): ReadOptions {
  return {
    ...input.read,
    signal: interrupted,
    onGrown: (message) => console.tell(message, { level: 'warning' }),
    ...(onIdentity && { onIdentity }),
  };
}

function passedOverText(why: string, files: readonly string[]): string {
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : '';
  return oneLine(`passed over (${why}): ${files.slice(0, MOST_NAMED).join(', ')}${more}`);
}
