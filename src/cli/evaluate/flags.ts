import { type Command, Option } from 'commander';
import type { Outcome } from '../common/each-row.js';
import {
  addClosing,
  addConsoleFlags,
  addEngineFlags,
  addedOptions,
  addFieldFlags,
  addMetricsFlag,
  addModelFlags,
  addReadFlags,
  addRecordFlags,
  addRejectFlags,
  addSeedFlag,
  atLeast,
  fieldList,
  GROUPS,
  typedFlags,
} from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type EvaluateFlags, evaluateSettings, SUSPECTS_A_KIND } from './settings.js';

const SUMMARY = 'Measures how well the rankings of rows agree with their labels';

/** `starling-rm evaluate`: rows or rankings in, agreement with their labels out. */
export function addEvaluate(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('evaluate')
    .summary(SUMMARY)
    .description(`${SUMMARY}, with intervals, beside choosing the longer answer. Inputs are as for score.`)
    .argument('[inputs...]')
    .optionsGroup(GROUPS.input)
    .option('--scored', 'the inputs are rankings, the output of score');
  const ofFields = addedOptions(command, () => addFieldFlags(command));
  addReadFlags(command, { emits: true });
  const ofModel = addedOptions(command, () => addModelFlags(command, { brief: true }));
  command
    .optionsGroup(GROUPS.output)
    .option('--by <fields>', 'also by source,model,turns,good_natured,length,FIELD', fieldList)
    .option('--calibration <file.json>', 'also tell how well an earlier --json calibrates these rows')
    .option('--json <file>', 'write all figures as JSON; - for standard output')
    .option('--html <file>', 'write a page with plots and the worst disagreements')
    .option('--markdown <file>', 'write a short table for a model card')
    .option('--suspects <file>', 'write rows with suspect labels, as JSON lines')
    .addOption(
      new Option('--suspects-limit <n>', 'most rows of each kind of suspect')
        .argParser(atLeast(1))
        .default(undefined, `${SUSPECTS_A_KIND}`),
    )
    .option('--save <file>', 'write the rankings, in the format of its name');
  addRejectFlags(command);
  addRecordFlags(command, '--save FILE');
  const ofEngine = addedOptions(command, () => addEngineFlags(command, { brief: true }));
  addConsoleFlags(addMetricsFlag(addSeedFlag(command)));
  addClosing(command, {
    notes: ['All Model and Run flags of score work here.', ''],
    examples: [
      'starling-rm evaluate rows.jsonl --by source --html page.html',
      'starling-rm score rows.jsonl | starling-rm evaluate --scored -',
      'starling-rm evaluate rows.jsonl --suspects look.jsonl --save ranked.jsonl',
    ],
    pages: ['docs/agreement.md', 'docs/data.md', 'docs/models.md', 'docs/engines.md'],
  }).action((inputs: string[], flags: EvaluateFlags) => {
    const typed = typedFlags(command, [...ofFields, ...ofModel, ...ofEngine]);
    const name = `starling-rm ${program.version()}`;
    return run(async (interrupted, console) => {
      const settings = await evaluateSettings(inputs, flags, typed, console);
      return (await import('./evaluate.js')).evaluate(settings, name, interrupted);
    });
  });
}
