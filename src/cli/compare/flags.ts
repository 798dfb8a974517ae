import type { Command } from 'commander';
import type { Outcome } from '../common/each-row.js';
import {
  addClosing,
  addConsoleFlags,
  addMetricsFlag,
  addReadFlags,
  addRejectFlags,
  addSeedFlag,
  fieldList,
  GROUPS,
} from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type CompareFlags, compareSettings } from './settings.js';

const SUMMARY = 'Measures what changed between two runs over the same rows';

/** `starling-rm compare`: two files of rankings in, differences with paired intervals out. */
export function addCompare(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('compare')
    .summary(SUMMARY)
    .description(`${SUMMARY}: which pairs flipped, and whether the second agrees more with the labels.`)
    .argument('<A>', 'output of score for the first run')
    .argument('<B>', 'output of score for the second run');
  addReadFlags(command)
    .optionsGroup(GROUPS.output)
    .option('--by <fields>', 'also by source,model,turns,good_natured,length,FIELD', fieldList)
    .option('--json <file>', 'write all figures as JSON; - for standard output');
  addConsoleFlags(addMetricsFlag(addSeedFlag(addRejectFlags(command))));
  addClosing(command, {
    examples: [
      'starling-rm compare int8.jsonl fp32.jsonl',
      'starling-rm compare int8.jsonl fp32.jsonl --by source,length',
      'starling-rm compare int8.jsonl fp32.jsonl --json - | jq .flipped_pairs',
    ],
    pages: ['docs/agreement.md'],
  }).action((a: string, b: string, flags: CompareFlags) =>
    run(async (interrupted, console) => {
      const settings = compareSettings(a, b, flags, console);
      return (await import('./compare.js')).compare(settings, interrupted);
    }),
  );
}
