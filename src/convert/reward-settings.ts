import { StarlingError } from '../errors.js';
import type { Checkpoint } from './checkpoint.js';

/** What flags of `convert` may set over the checkpoint's own reward.json. */
export interface RewardOverrides {
  template?: string;
  readout?: string;
  maxLength?: number;
  system?: string;
  trim?: boolean;
  addBos?: boolean;
}

/** The part of a model folder's reward.json that says how texts are made and read; keys as they stand in the file. */
export interface RewardSettings {
  template: string;
  system: string | null;
  trim: boolean;
  add_bos: boolean;
  readout: string;
  max_length: number;
  truncation_side: 'left';
  license?: string;
  trunk?: string;
}

/**
 * Flags first, then the checkpoint's reward.json. A template cannot be guessed, so it must be in one of them.
 * @throws StarlingError E_USAGE when a flag has to say it, E_CHECKPOINT naming the field
 */
export function rewardSettings({ reward, trunk, folder }: Checkpoint, flags: RewardOverrides): RewardSettings {
  const template = flags.template ?? reward.template;
  if (typeof template !== 'string') {
    const problem =
      'what template the model was trained on is not said; expected "template" in reward.json, or --template';
    throw new StarlingError('E_USAGE', problem, { file: folder });
  }
  const maxLength = flags.maxLength ?? reward.max_length ?? Math.min(2048, trunk.maxPositions);
  if (
    typeof maxLength !== 'number' ||
    !Number.isInteger(maxLength) ||
    maxLength < 2 ||
    maxLength > trunk.maxPositions
  ) {
    const problem = `a maximum length of ${String(maxLength)} does not fit; expected 2 to ${trunk.maxPositions} tokens`;
    throw new StarlingError('E_USAGE', problem, { file: folder });
  }
  return {
    template,
    system: flags.system ?? optional(reward.system, 'string', 'system', folder) ?? null,
    trim: flags.trim ?? optional(reward.trim, 'boolean', 'trim', folder) ?? false,
    add_bos: flags.addBos ?? optional(reward.add_bos, 'boolean', 'add_bos', folder) ?? false,
    readout: flags.readout ?? optional(reward.readout, 'string', 'readout', folder) ?? 'last-token',
    max_length: maxLength,
    truncation_side: 'left',
    license: optional(reward.license, 'string', 'license', folder),
    trunk: optional(reward.trunk, 'string', 'trunk', folder),
  };
}

function optional(value: unknown, type: 'string', field: string, folder: string): string | undefined;
function optional(value: unknown, type: 'boolean', field: string, folder: string): boolean | undefined;
function optional(value: unknown, type: string, field: string, folder: string): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value === type) return value;
  throw new StarlingError('E_CHECKPOINT', `expected a ${type} in reward.json, found ${JSON.stringify(value)}`, {
    file: folder,
    field,
  });
}
