import { shardText } from '../../read/choose/shard.js';
import type { Destination } from '../../write/files/same-place.js';
import { openRows } from '../common/chosen-rows.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { Outputs } from '../common/outputs.js';
import { RecordedRun } from '../common/recording/recorded-run.js';
import { wholeRun } from '../common/recording/whole-run.js';
import { openScoring } from '../common/scored-rows.js';
import { seenRun } from '../common/seen-run.js';
import { dryRun } from './dry-run.js';
import { explain } from './explain.js';
import { explainFields } from './explain-fields.js';
import { destinationsOfScore, type ExplainFieldsSettings, type RankSettings, type ScoreSettings } from './settings.js';

/** Writes one ranking a row, or the output of `--explain` or `--dry-run` instead. */
export function score(settings: ScoreSettings, interrupted: AbortSignal): Promise<Outcome> {
  const scoring = settings.task === 'explain-fields' ? undefined : settings;
  const facts = { command: 'score', paths: settings.paths, outputs: writtenBy(settings), ...(scoring && { scoring }) };
  return seenRun(settings, facts, () => {
    if (settings.task !== 'explain-fields') tellShard(settings);
    return scored(settings, interrupted);
  });
}

async function scored(settings: ScoreSettings, interrupted: AbortSignal): Promise<Outcome> {
  if (settings.task === 'explain') return explain(settings, interrupted);
  if (settings.task === 'explain-fields') return explainFields(settings, interrupted);
  if (settings.task === 'dry-run') return dryRun(settings, interrupted);
  return rank(settings, interrupted);
}

/** Says which shard `--shard auto` has found: nothing on the command line shows it. */
function tellShard({ shard, console }: Exclude<ScoreSettings, ExplainFieldsSettings>): void {
  if (shard?.isFound) console.tell(`shard ${shardText(shard)}, as ${shard.source} says`);
}

function writtenBy(settings: ScoreSettings): Destination[] {
  if (settings.task === 'dry-run') return [];
  const { target } = settings.output;
  const record = settings.task === 'rank' ? settings.output.record.path : undefined;
  return [
    { flag: '--output', target },
    { flag: '--run-file', target: record },
  ];
}

async function rank(settings: RankSettings, interrupted: AbortSignal): Promise<Outcome> {
  const use = { ...settings, isReplayed: false, reports: [] };
  const chosen = await openRows(settings, destinationsOfScore(settings.output), interrupted);
  const whole = await wholeRun(settings, use, chosen.inputs);
  if (whole !== undefined) {
    settings.console.tell(`${whole.path} is whole; nothing is left to do`);
    return whole.outcome;
  }
  await using scoring = await openScoring(chosen, settings, interrupted);
  await using outputs = new Outputs(interrupted, settings.console);
  await using run = await RecordedRun.open(settings, use, chosen.inputs, outputs);
  const rankings = scoring.rankings(run.scoring);
  const outcome = await eachRow(rankings, settings, run.taking, (ranking) => run.write(ranking, chosen.isLast()));
  await run.complete(outcome);
  chosen.tellQuirks();
  return outcome;
}
