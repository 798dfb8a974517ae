import type { Command } from 'commander';
import type { Outcome } from '../common/each-row.js';
import { addReadFlags, fieldList } from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type CompareFlags, compareSettings } from './settings.js';

const SUMMARY = 'Tells what changed between two runs over the same rows';

/** `starling-rm compare`: two files of rankings in; differences with paired intervals out. */
export function addCompare(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('compare')
    .summary(SUMMARY)
    .description(`${SUMMARY}: what flipped, and whether it agrees more with the labels. A and B are outputs of score.`)
    .argument('<A>')
    .argument('<B>');
  command
    .option('--by <fields>', 'also by source,model,turns,good_natured,length,FIELD', fieldList)
    .option('--json <file>', 'write all figures as JSON; - for standard output')
    .option('--force', 'replace files that exist');
  addReadFlags(command)
    .addHelpText('after', '\nExample: starling-rm compare int8.jsonl fp32.jsonl --by source')
    .action((a: string, b: string, flags: CompareFlags) =>
      run(async (interrupted) => {
        const settings = compareSettings(a, b, flags);
        return (await import('./compare.js')).compare(settings, interrupted);
      }),
    );
}
