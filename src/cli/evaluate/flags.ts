import type { Command } from 'commander';
import type { Outcome } from '../common/each-row.js';
import {
  addedOptions,
  addFieldFlags,
  addModelFlags,
  addRecordFlags,
  addRowReadFlags,
  atLeast,
  fieldList,
  typedFlags,
} from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type EvaluateFlags, evaluateSettings } from './settings.js';

const SUMMARY = 'Tells how well the rankings of rows agree with their labels';

/** `starling-rm evaluate`: rows, or rankings, in; agreement with their labels out. */
export function addEvaluate(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('evaluate')
    .summary(SUMMARY)
    .description(`${SUMMARY}, with intervals and beside choosing by length. Inputs are as for score.`)
    .argument('[inputs...]');
  command
    .option('--scored', 'the inputs are rankings, the output of score')
    .option('--by <fields>', 'also by source,model,turns,good_natured,length,FIELD', fieldList)
    .option('--json <file>', 'write all figures as JSON; - for standard output')
    .option('--html <file>', 'write a page with plots and the worst disagreements')
    .option('--markdown <file>', 'write a short table for a model card')
    .option('--suspects <file>', 'write rows whose labels to look at, JSON lines')
    .option('--suspects-limit <n>', 'no more rows of each kind than this (100)', atLeast(1))
    .option('--save <file>', 'write the rankings, in the format of its name')
    .option('--force', 'replace files that exist');
  addRecordFlags(command, '--save FILE');
  const unread = addedOptions(command, () => addFieldFlags(addModelFlags(command, { brief: true })));
  addRowReadFlags(command)
    .addHelpText(
      'after',
      '\nAll flags of score that say how to score work here too.\nExample: starling-rm score rows.jsonl | starling-rm evaluate --scored -',
    )
    .action((inputs: string[], flags: EvaluateFlags) => {
      const typed = typedFlags(command, unread);
      const name = `starling-rm ${program.version()}`;
      return run(async (interrupted) => {
        const settings = await evaluateSettings(inputs, flags, typed);
        return (await import('./evaluate.js')).evaluate(settings, name, interrupted);
      });
    });
}
