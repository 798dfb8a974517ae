import type { Evaluation, Ranking, Statistics } from '../types.js';
import { BASELINES, type Baseline } from './baselines.js';
import { ClusterSums } from './cluster-sums.js';
import { type BootstrapOptions, estimates } from './estimates.js';
import { JUDGE_CEILING } from './judge-ceiling.js';
import { type LabelledAnswers, labelledAnswers } from './labelled-answers.js';
import { STATISTICS } from './statistics.js';
import { Tally } from './tally.js';

/** Whose scores are measured. */
type Scorer = 'reward' | Baseline['name'];

const SCORERS: readonly { name: Scorer; scores(answers: LabelledAnswers): readonly number[] }[] = [
  { name: 'reward', scores: (answers) => answers.scores },
  ...BASELINES,
];

const DEFAULTS: BootstrapOptions = { resamples: 1000, seed: 1, level: 0.95 };

/** One statistic of one scorer. */
interface Measure {
  scorer: Scorer;
  name: string;
  sums: ClusterSums;
}

/**
 * Takes rankings one at a time and tells how well they agree with their labels. It keeps sums, one pair a cluster and measure,
 * never a ranking. A ranking without two different labels counts in `rows` and enters nothing else of the statistics.
 *
 * The order of the answers in a ranking changes no bit of the result. The order of rankings changes values by no more than
 * the rounding of float addition; as clusters are numbered in order of appearance, it also gives the bootstrap other draws.
 */
export class Evaluator {
  readonly #options: BootstrapOptions;
  readonly #tally = new Tally();
  readonly #clusters = new Map<string, number>();
  readonly #measures = SCORERS.flatMap(({ name }) => measuresOf(name));

  constructor(options: Partial<BootstrapOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Throws a `RowError` (E_FIELD) if labels, lengths and scores do not belong together; the ranking is then not counted. */
  add(ranking: Ranking): void {
    const answers = labelledAnswers(ranking);
    this.#tally.addRow(ranking);
    if (answers === undefined) return;
    this.#tally.addCompared(answers, ranking.scores.length);
    this.#addContributions(answers, this.#clusterOf(ranking.prompt_id));
  }

  result(): Evaluation {
    const { resamples, seed, level } = this.#options;
    const statistics = this.#statistics();
    return {
      ...this.#tally.counts(),
      clusters: this.#clusters.size,
      bootstrap: { resamples, seed, level, unit: 'prompt_id' },
      statistics: statistics('reward'),
      baselines: { length: statistics('length') },
      ...(this.#tally.allJudgedTogether && { judge_ceiling: JUDGE_CEILING }),
    };
  }

  #clusterOf(promptId: string): number {
    const known = this.#clusters.get(promptId);
    if (known !== undefined) return known;
    const cluster = this.#clusters.size;
    this.#clusters.set(promptId, cluster);
    return cluster;
  }

  #addContributions(answers: LabelledAnswers, cluster: number): void {
    let m = 0;
    for (const scorer of SCORERS) {
      const row = { scores: scorer.scores(answers), labels: answers.labels };
      for (const statistic of STATISTICS) this.#measures[m++].sums.add(cluster, statistic.contribution(row));
    }
  }

  /** All measures share the bootstrap's draws, so they are estimated together and then told apart. */
  #statistics(): (scorer: Scorer) => Statistics {
    const clusters = this.#clusters.size;
    const columns = this.#measures.map(({ sums }) => ({ sums: sums.sums(clusters), counts: sums.counts(clusters) }));
    const all = estimates(columns, clusters, this.#options);
    const named = this.#measures.map((measure, m) => ({ ...measure, estimate: all[m] }));
    return (scorer) =>
      Object.fromEntries(named.filter((one) => one.scorer === scorer).map(({ name, estimate }) => [name, estimate]));
  }
}

function measuresOf(scorer: Scorer): Measure[] {
  return STATISTICS.map(({ name }) => ({ scorer, name, sums: new ClusterSums() }));
}
