import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ranking } from '../../src/contracts/ranking.js';
import { Evaluator } from '../../src/measure/evaluation.js';

/**
 * Prints the loss by quantization, as in the table of the model card: agreement with the labels in both dtypes, and how often both have the
 * same best answer. Reads SET.fp32.jsonl and SET.int8.jsonl, the output of `starling-rm score`, from a folder.
 *
 *   node dist/test/bench/int8-loss.js FOLDER SET...
 */
const [folder, ...sets] = process.argv.slice(2);

interface Pair {
  fp32: Ranking;
  int8: Ranking;
}

function rankings(name: string): Ranking[] {
  return readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function pairs(set: string): Pair[] {
  const int8 = new Map(rankings(`${set}.int8.jsonl`).map((ranking) => [ranking.index, ranking]));
  return rankings(`${set}.fp32.jsonl`).map((fp32) => {
    const same = int8.get(fp32.index);
    if (same === undefined || same.id !== fp32.id) throw new Error(`${set}: row ${fp32.index} is not in both files`);
    return { fp32, int8: same };
  });
}

function evaluated(rankings: readonly Ranking[]) {
  const evaluator = new Evaluator();
  for (const ranking of rankings) evaluator.add(ranking);
  return evaluator.result();
}

function line(name: string, all: readonly Pair[]): string {
  const [fp32, int8] = (['fp32', 'int8'] as const).map((dtype) => evaluated(all.map((pair) => pair[dtype])));
  const percent = (share: number | null, digits = 1) => ((share ?? Number.NaN) * 100).toFixed(digits);
  const { value, low, high } = int8.statistics.pairwise_accuracy;
  const loss = (fp32.statistics.pairwise_accuracy.value ?? Number.NaN) - (value ?? Number.NaN);
  const sameBest = all.filter((pair) => pair.fp32.order[0] === pair.int8.order[0]).length / all.length;
  const differences = all.flatMap((pair) => pair.fp32.scores.map((score, i) => Math.abs(score - pair.int8.scores[i])));
  const cells = [
    name,
    all.length,
    int8.comparisons,
    `${percent(value)} (${percent(low)} to ${percent(high)})`,
    percent(int8.baselines.length.pairwise_accuracy.value),
    percent(int8.statistics.top1.value),
    percent(fp32.statistics.pairwise_accuracy.value),
    percent(loss, 2),
    percent(sameBest),
    Math.max(...differences).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

const titles = [
  'dev set',
  'rows',
  'pairs',
  'int8 pairwise accuracy, %',
  'longer is better, %',
  'int8 top-1, %',
  'fp32 pairwise accuracy, %',
  'lost, points',
  'same best answer, %',
  'largest difference of a score',
];
const everything = sets.map((set) => ({ set, all: pairs(set) }));
console.log(`| ${titles.join(' | ')} |\n|${titles.map(() => '---').join('|')}|`);
for (const { set, all } of everything) console.log(line(set, all));
console.log(
  line(
    'all, pooled',
    everything.flatMap(({ all }) => all),
  ),
);
