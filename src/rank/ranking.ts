import { codePoints } from '../contracts/code-points.js';
import { RowError } from '../contracts/errors.js';
import { type Keep, type KnownScores, type Ranking, rankingFrom } from '../contracts/ranking.js';
import { ranksOf } from '../contracts/ranks.js';
import type { Answer, Row } from '../contracts/row.js';
import type { EncodedAnswer } from '../contracts/text.js';
import { shortest } from './float32.js';
import { keptOf } from './kept-fields.js';
import { winProbabilities } from './win-probability.js';

/**
 * The ranking of a row, which is one line of output. Fields that the input lacks are absent.
 *
 * @param rewards float32, one for each answer
 * @param keep what the ranking carries of the row
 * @param temperature of the probabilities that the best answer wins; without it the ranking has none
 * @throws RowError E_ENGINE when a reward is not a finite number
 */
export function rankingOf(
  row: Row,
  encoded: readonly Pick<EncodedAnswer, 'cut'>[],
  rewards: readonly number[],
  keep: Keep,
  temperature?: number,
): Ranking {
  const scores = rewards.map((reward, position) => shortest(finite(reward, row.index, position)));
  const ranks = ranksOf(scores);
  const truncated = encoded.flatMap((answer, position) => (answer.cut > 0 ? [position] : []));
  return rankingFrom(
    {
      index: row.index,
      file: row.file,
      id: row.id,
      prompt_id: row.promptId,
      scores,
      ...ranks,
      truncated: truncated.length > 0 ? truncated : undefined,
      labels: whereKnown(row.answers, ({ rank }) => rank),
      label_scores: whereKnown(row.answers, ({ score }) => score),
      models: whereKnown(row.answers, ({ model }) => model),
      lengths: row.answers.map(({ text }) => codePoints(text)),
      source: row.source,
      turns: row.turns,
      good_natured: row.goodNatured,
      win_probability: temperature === undefined ? undefined : winProbabilities(scores, ranks.order, temperature),
    },
    keptOf(row, keep),
  );
}

/** The ranking of a row whose scores are known, equal to the one that they were taken from. */
export function rankingOfKnown(
  row: Row,
  { scores, truncated }: KnownScores,
  keep: Keep,
  temperature?: number,
): Ranking {
  const encoded = scores.map((_, position) => ({ cut: truncated.includes(position) ? 1 : 0 }));
  return rankingOf(row, encoded, scores, keep, temperature);
}

function finite(reward: number, row: number, position: number): number {
  if (Number.isFinite(reward)) return reward;
  throw new RowError('E_ENGINE', `the model's reward is ${reward}; expected a finite number`, {
    row,
    field: `answers[${position}]`,
  });
}

/** The values of all answers, `null` for an answer without one; `undefined` where no answer has one. */
function whereKnown<Value>(
  answers: readonly Answer[],
  read: (answer: Answer) => Value | undefined,
): (Value | null)[] | undefined {
  const values = answers.map((answer) => read(answer) ?? null);
  return values.every((value) => value === null) ? undefined : values;
}
