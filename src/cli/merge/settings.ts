import { StarlingError } from '../../contracts/errors.js';
import type { Destination } from '../../write/files/same-place.js';
import { descriptorOf } from '../../write/files/target.js';
import { type Format, formatOf } from '../../write/format.js';
import type { Console } from '../common/console/console.js';
import type { ConsoleFlags } from '../common/flags.js';
import { consoleSettings, linesSettings, type OutputSettings } from '../common/settings.js';

export interface MergeFlags extends ConsoleFlags {
  output?: string;
  format?: Format;
  rejects?: string;
  force?: boolean;
  mixedMachines?: boolean;
}

export interface MergeSettings {
  paths: readonly string[];
  output: OutputSettings & { format: Format };
  /** Where rejects go. The files of the shards are named after it. */
  rejects?: OutputSettings;
  /** Whether scores of different kinds of processors may be merged. */
  mixesMachines: boolean;
  console: Console;
}

/** @throws StarlingError E_USAGE for a format that cannot be written there, and for rejects that go to a pipe */
export function mergeSettings(paths: readonly string[], flags: MergeFlags, console: Console): MergeSettings {
  const { output: target = '-', rejects, force = false, mixedMachines = false } = flags;
  if (rejects !== undefined && descriptorOf(rejects) !== undefined) {
    throw new StarlingError('E_USAGE', '--rejects: the names of the shards are made of its name; give a file');
  }
  return {
    paths,
    output: { target, force, format: formatOf(target, flags.format) },
    ...(rejects !== undefined && { rejects: linesSettings(rejects, force) }),
    mixesMachines: mixedMachines,
    console: consoleSettings(flags, console),
  };
}

/** All outputs, with the flags that name them. */
export function destinationsOfMerge({ output, rejects }: MergeSettings): Destination[] {
  return [
    { flag: '--output', target: output.target },
    { flag: '--rejects', target: rejects?.target },
  ];
}
