import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Estimate, Evaluation } from '../../src/contracts/agreement.js';
import { ROOT } from '../root.js';

/**
 * Prints Markdown tables of the embedded model and the baselines on every dev set of a folder, then of the leaderboards. Rankings that are
 * in the second folder are not computed again.
 *
 *     npm run build && node dist/test/bench/dev-sets.js ../shared/data /tmp/rankings
 */
const [data, rankings] = process.argv.slice(2);
const SET = /\.dev\.jsonl\.gz$/;

function run(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(ROOT, 'bin/starling-rm'), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function evaluated(file: string): Evaluation {
  const ranking = join(rankings, file.replace(SET, '.jsonl'));
  if (!existsSync(ranking)) run('score', join(data, file), '-q', '-o', ranking);
  return JSON.parse(run('evaluate', '--scored', ranking, '--json', '-', '-q'));
}

const percent = (value: number | null) => (value === null ? '-' : (100 * value).toFixed(1));
const interval = ({ low, high }: Estimate) => `${percent(low)} to ${percent(high)}`;

function row(
  name: string,
  { k, rows_compared, statistics, baselines, differences, comparisons, clusters }: Evaluation,
): string {
  const { pairwise_accuracy: accuracy, kendall_tau_b: tau, top1 } = statistics;
  const cells = [
    name,
    k.min === k.max ? k.min : `${k.min}-${k.max}`,
    rows_compared,
    clusters,
    comparisons,
    `${percent(accuracy.value)} (${interval(accuracy)})`,
    tau.value?.toFixed(3),
    percent(top1.value),
    percent(baselines.length.pairwise_accuracy.value),
    interval(differences.length.pairwise_accuracy),
    percent(baselines.model_mean.pairwise_accuracy.value),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function board(name: string, { leaderboard }: Evaluation): string {
  const { models, spearman } = leaderboard;
  const told = ({ value, low, high }: Estimate) => `${value?.toFixed(3)} (${low?.toFixed(3)} to ${high?.toFixed(3)})`;
  const { reward, length, difference } = spearman;
  return `| ${name} | ${models.length} | ${told(reward)} | ${told(length)} | ${told(difference)} |\n`;
}

const sets = readdirSync(data)
  .filter((file) => SET.test(file))
  .map((file): [string, Evaluation] => [file.replace(SET, ''), evaluated(file)]);
process.stdout.write(
  '| set | K | rows | prompts | comparisons | accuracy | tau-b | top-1 | longer | reward - longer | model alone |\n' +
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n',
);
for (const [name, evaluation] of sets) process.stdout.write(row(name, evaluation));
process.stdout.write('\n| set | models | Spearman, reward | length | difference |\n|---|--:|--:|--:|--:|\n');
for (const [name, evaluation] of sets) {
  if (evaluation.leaderboard.models.length > 2) process.stdout.write(board(name, evaluation));
}
