import type { Command } from 'commander';
import { addClosing, addEngineFlags, addModelFlags, GROUPS } from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type DoctorFlags, doctorSettings } from './settings.js';

const SUMMARY = 'Checks whether a model folder, and this machine, can be trusted with scoring';

/** `starling-rm doctor`: a model folder in, a verdict and a remedy for each check out. */
export function addDoctor(program: Command, version: string, run: Run<void>): void {
  const command = program
    .command('doctor')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}: files, head, special tokens, template, BOS, readout, truncation, memory, bit-identical scores, speed. Exits with 1 if a check fails.`,
    );
  addModelFlags(command)
    .optionsGroup(GROUPS.output)
    .option('--json', 'write all findings as one JSON object')
    .option('--golden', 'first add golden rows to a folder for servers');
  addEngineFlags(command).helpOption('-h, --help', 'show this help');
  addClosing(command, {
    examples: [
      'starling-rm doctor',
      'starling-rm doctor --model ./my-model',
      "starling-rm doctor --json | jq -r '.checks[] | [.verdict, .check] | @tsv'",
    ],
    pages: ['docs/models.md', 'docs/engines.md', 'docs/reliability.md'],
  }).action((flags: DoctorFlags) =>
    run(async (interrupted, console) => {
      const settings = await doctorSettings(flags);
      return (await import('./doctor.js')).doctor(settings, version, interrupted, console);
    }),
  );
}
