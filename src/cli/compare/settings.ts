import { StarlingError } from '../../contracts/errors.js';
import type { EvaluatorOptions } from '../../measure/evaluator-options.js';
import type { Console } from '../common/console/console.js';
import type { ReadFlags } from '../common/flags.js';
import { type InputSettings, inputSettings, type OutputSettings, seenSettings } from '../common/settings.js';

export interface CompareFlags extends ReadFlags {
  by?: string[];
  json?: string;
}

export interface CompareSettings {
  a: string;
  b: string;
  input: InputSettings;
  measure: Pick<EvaluatorOptions, 'seed' | 'by'>;
  /** Where all figures are written. */
  json?: OutputSettings;
  console: Console;
  metrics?: string;
}

/** @throws StarlingError E_USAGE for flags that do nothing without others, and where both runs are standard input */
export function compareSettings(a: string, b: string, flags: CompareFlags, console: Console): CompareSettings {
  if (a === '-' && b === '-') throw new StarlingError('E_USAGE', 'A and B cannot both be standard input; name a file');
  const { json, by = [], seed, force = false } = flags;
  return {
    a,
    b,
    input: inputSettings(flags),
    measure: { seed, by },
    ...(json !== undefined && { json: { target: json, force } }),
    ...seenSettings(flags, console),
  };
}
