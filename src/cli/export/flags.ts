import { type Command, InvalidArgumentError, Option } from 'commander';
import { DROPS, type Drop, PAIRS, RANK_BY } from '../../export/choose/choices.js';
import { LAYOUTS } from '../../export/formats/format.js';
import { TRAINING_FORMAT_NAMES } from '../../export/formats/formats.js';
import { EXAMPLE_FORMATS } from '../../write/examples/open-examples.js';
import type { Outcome } from '../common/each-row.js';
import {
  addClosing,
  addConsoleFlags,
  addFieldFlags,
  addMetricsFlag,
  addReadFlags,
  addRejectFlags,
  addRunFileFlag,
  addSeedFlag,
  atLeast,
  fieldList,
  GROUPS,
} from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type ExportFlags, exportSettings } from './settings.js';

const SUMMARY = 'Writes rankings as the training data that a trainer reads';

/** `starling-rm export`: rankings in, training data out. */
export function addExport(program: Command, run: Run<Outcome>): void {
  const command = program
    .command('export')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}. Rankings carry their texts (score --keep), or --rows names the input that was scored, in the same order.`,
    )
    .argument('[rankings...]')
    .optionsGroup(GROUPS.input)
    .addOption(
      new Option('--rows <input>', 'rows that were scored; may be repeated')
        .argParser((input: string, before: readonly string[] = []) => [...before, input])
        .default(undefined, 'carried by the rankings'),
    );
  addReadFlags(addFieldFlags(command, { labels: false }));
  addChoiceFlags(command);
  command
    .optionsGroup(GROUPS.output)
    .addOption(
      new Option('--to <format>', 'what the trainer reads').choices(TRAINING_FORMAT_NAMES).makeOptionMandatory(),
    )
    .addOption(new Option('-o, --output <file>', 'write here, complete or not at all').default(undefined, 'stdout'))
    .addOption(
      new Option('--format <format>', 'format of the file')
        .choices(EXAMPLE_FORMATS)
        .default(undefined, 'by name of -o'),
    )
    .option('--text', 'conversations as text with Human: and Assistant:')
    .addOption(
      new Option('--layout <layout>', 'fields of an example of sft').choices(LAYOUTS).default(undefined, LAYOUTS[0]),
    )
    .option('--card <file>', 'write a data card in Markdown');
  addRunFileFlag(addRejectFlags(command), '-o FILE');
  addConsoleFlags(addMetricsFlag(addSeedFlag(command)));
  addClosing(command, {
    examples: [
      'starling-rm export rankings.jsonl --to trl-preference -o pairs.jsonl',
      'starling-rm export rankings.jsonl --to kwise --rank-by label --card kwise.md',
      'starling-rm export rankings.jsonl --rows rows.jsonl --to sft -o best.parquet',
    ],
    pages: ['docs/training-data.md', 'docs/data.md'],
  }).action((rankings: string[], flags: ExportFlags) =>
    run(async (interrupted, console) => {
      const settings = await exportSettings(rankings, flags, console);
      return (await import('./export.js')).exportRankings(settings, interrupted);
    }),
  );
}

function addChoiceFlags(command: Command): void {
  command
    .optionsGroup(GROUPS.choice)
    .addOption(new Option('--rank-by <value>', 'what ranks the answers').choices(RANK_BY).default('reward'))
    .addOption(
      new Option('--drop <kinds>', `answers to leave out: ${DROPS.join(',')}`)
        .argParser(drops)
        .default(undefined, 'none'),
    )
    .addOption(new Option('--pairs <which>', 'pairs of each row').choices(PAIRS).default(undefined, PAIRS[0]))
    .addOption(
      new Option('--max-per-row <n>', 'most pairs of a row, the widest margins first')
        .argParser(atLeast(1))
        .default(undefined, 'all, 1 if random'),
    )
    .addOption(new Option('--min-margin <x>', 'least margin of a pair').argParser(decimal(0)))
    .addOption(
      new Option('--max-length-ratio <x>', 'most that the longer answer may be times the shorter').argParser(
        decimal(1),
      ),
    )
    .addOption(new Option('--balance <what>', 'choose the longer answer as often as the shorter').choices(['length']))
    .addOption(
      new Option('--top <n>', 'best answers of each row, for sft').argParser(atLeast(1)).default(undefined, '1'),
    );
}

function drops(text: string): readonly Drop[] {
  return fieldList(text).map((name) => {
    const drop = DROPS.find((one) => one === name);
    if (drop !== undefined) return drop;
    throw new InvalidArgumentError(`Expected some of ${DROPS.join(',')}.`);
  });
}

/** Parses a decimal number of at least `least`. */
function decimal(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a number of at least ${least}.`);
  };
}
