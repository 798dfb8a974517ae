import type { Evaluation } from '../contracts/agreement.js';
import type { Ranking } from '../contracts/ranking.js';
import { positionEffects } from './audit/position-effects.js';
import { WorstRows } from './audit/worst-rows.js';
import { Sample } from './bootstrap/measured-rows.js';
import { bootstrapSummary } from './bootstrap/resampling.js';
import { bestOfN } from './curves/best-of-n.js';
import { calibration } from './curves/calibration.js';
import { coverage } from './curves/coverage.js';
import { accuracyByLabelMargin, accuracyByScoreMargin } from './curves/margin-bins.js';
import { rankConfusion } from './curves/rank-confusion.js';
import { DEFAULTS, type EvaluatorOptions } from './evaluator-options.js';
import { JUDGE_CEILING } from './judge-ceiling.js';
import { lengthControl } from './length/length-control.js';
import { lengthReward } from './length/length-reward.js';
import { leaderboard } from './models/leaderboard.js';
import { misorderedModels } from './models/misordered-models.js';
import { ComparedRows } from './rows/compared-rows.js';
import { labelledAnswers } from './rows/labelled-answers.js';
import { Tally } from './rows/tally.js';
import { Slicers } from './slices/slicers.js';
import { statisticsOf } from './statistics/statistics-of.js';

/**
 * Takes rankings one at a time and measures how well they agree with their labels. It keeps numbers, about 40 bytes an answer, and no texts
 * but those in the rankings of the worst rows. A ranking without two different labels counts in `rows`, `answers`, `truncated_answers` and
 * `k`, and enters no statistic.
 *
 * The order of the rankings changes no bit of the result. The order of the answers in a ranking changes only the position baseline and
 * `position_effects`.
 */
export class Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #tally = new Tally();
  readonly #rows = new ComparedRows();
  readonly #slicers: Slicers;
  readonly #worst = new WorstRows();

  constructor(options: Partial<EvaluatorOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#slicers = new Slicers(this.#options.by);
  }

  /** @throws RowError E_FIELD, as `labelledAnswers` does; the ranking is then not counted */
  add(ranking: Ranking): void {
    const labelled = labelledAnswers(ranking);
    this.#tally.addRow(ranking);
    if (labelled === undefined) return;
    this.#tally.addCompared(labelled, ranking.scores.length);
    this.#rows.add(labelled, ranking.prompt_id, ranking.scores.length);
    this.#slicers.add(ranking);
    this.#worst.add(ranking, {
      scores: labelled.map(({ score }) => score),
      labels: labelled.map(({ label }) => label),
    });
  }

  /** The rankings of the result's `worst_rows`, in the same order, with all fields that they had when they were added. */
  get worstRankings(): Ranking[] {
    return this.#worst.rankings;
  }

  /** @param rowsWithErrors the rows that have no ranking and so were not added */
  result({ rowsWithErrors = 0 } = {}): Evaluation {
    const { resamples, seed, level, temperature } = this.#options;
    this.#rows.sort();
    const sample = new Sample(this.#rows, { resamples, seed, level });
    const unit = this.#tally.allScored ? 'label_score' : 'rank';
    return {
      ...this.#tally.counts(rowsWithErrors),
      clusters: this.#rows.clusters,
      bootstrap: bootstrapSummary(sample.resampling),
      ...statisticsOf(sample),
      length_control: lengthControl(sample),
      best_of_n: bestOfN(sample, unit),
      calibration: calibration(sample, temperature),
      accuracy_by_score_margin: accuracyByScoreMargin(sample),
      accuracy_by_label_margin: { unit, bins: accuracyByLabelMargin(sample, unit) },
      coverage: coverage(sample),
      rank_confusion: rankConfusion(this.#rows),
      length_reward: lengthReward(sample),
      slices: this.#slicers.tables(sample),
      leaderboard: leaderboard(sample),
      misordered_models: misorderedModels(sample),
      position_effects: positionEffects(sample),
      worst_rows: this.#worst.rows,
      ...(this.#tally.allJudgedTogether && { judge_ceiling: JUDGE_CEILING }),
    };
  }
}
