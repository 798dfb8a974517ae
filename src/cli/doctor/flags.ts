import type { Command } from 'commander';
import { addModelFlags } from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type DoctorFlags, doctorSettings } from './settings.js';

const SUMMARY = 'Tells whether a model folder, and this machine, can be trusted with scoring';

/** `starling-rm doctor`: a model folder in, a verdict and a remedy for each check out. */
export function addDoctor(program: Command, version: string, run: Run<void>): void {
  const command = program
    .command('doctor')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}: files, head, special tokens, template, BOS, readout, truncation, memory, bit-identical scores, speed. Ends with 1 if a check fails.`,
    );
  addModelFlags(command)
    .option('--json', 'everything that was found, as one JSON object')
    .addHelpText('after', '\nExample: starling-rm doctor --model ./my-model')
    .action((flags: DoctorFlags) =>
      run(async (interrupted) => {
        const settings = await doctorSettings(flags);
        return (await import('./doctor.js')).doctor(settings, version, interrupted);
      }),
    );
}
