import type { Command } from 'commander';
import { StarlingError } from '../errors.js';
import { examination } from '../examination.js';
import { checkLines } from '../report/check-lines.js';
import type { Check } from '../types.js';
import { openOutput } from '../write/output.js';
import { addModelFlags, type ModelFlags, scorerOptions } from './options.js';
import { availableMemory } from './workers.js';

interface DoctorFlags extends ModelFlags {
  json?: boolean;
}

const SUMMARY = 'Tells whether a model folder, and this machine, can be trusted with scoring';

/** `starling-rm doctor`: a model folder in, a verdict and a remedy for each check out. */
export function addDoctor(
  program: Command,
  version: string,
  run: (work: (interrupted: AbortSignal) => Promise<void>) => Promise<void>,
): void {
  const command = program
    .command('doctor')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}: files, head, special tokens, template, BOS, readout, truncation, memory, bit-identical scores, speed. Ends with 1 if a check fails.`,
    );
  addModelFlags(command)
    .option('--json', 'everything that was found, as one JSON object')
    .addHelpText('after', '\nExample: starling-rm doctor --model ./my-model')
    .action((flags: DoctorFlags) => run((interrupted) => doctor(flags, version, interrupted)));
}

async function doctor({ json, ...flags }: DoctorFlags, version: string, interrupted: AbortSignal): Promise<void> {
  const output = await openOutput('-', { force: false });
  const options = { ...(await scorerOptions(flags)), version, available: availableMemory(), interrupted };
  const found: Check[] = [];
  for await (const check of examination(options)) {
    found.push(check);
    if (!json) await output.write(checkLines(check));
  }
  const failed = found.filter(({ verdict }) => verdict === 'fail');
  const result = { model: options.model, ok: failed.length === 0, checks: found };
  if (json) await output.write(`${JSON.stringify(result, null, 2)}\n`);
  if (failed.length > 0) throw new StarlingError('E_CHECK', `failed: ${failed.map(({ check }) => check).join(', ')}`);
}
