import type { Suspect, SuspectCounts, SuspectReason } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import { isRefusal } from '../../contracts/refusal.js';
import { byContent } from '../rows/by-content.js';
import { type LabelledAnswer, labelledAnswers } from '../rows/labelled-answers.js';
import { plackettLuceNats, randomNats } from '../statistics/plackett-luce-nll.js';
import { equalAnswers } from './equal-answers.js';
import { TopK } from './top-k.js';

/** In nats. Equal rewards are no worse than a guess, whatever the rounding error. */
const ROUNDING = 1e-9;

/** A reason to suspect a row. `badness` orders reasons of one kind. */
interface Ground {
  reason: SuspectReason;
  badness: number;
}

/**
 * Takes rankings one at a time and holds those whose labels should be checked first, with all their fields. It holds the top k of each kind
 * of reason. Rows with equal answers are ordered by the distance of their labels. The others are ordered by the Plackett-Luce NLL of the
 * labels, less that of a random guess.
 */
export class Suspects {
  readonly #worst: Record<SuspectReason['kind'], TopK<Suspect>>;
  readonly #counts: SuspectCounts = { equal_answers: 0, refusal_first: 0, disagreement: 0, rows_with_texts: 0 };

  /** @param most rows held of each kind */
  constructor(most: number) {
    this.#worst = {
      equal_answers: new TopK<Suspect>(most, byContent),
      refusal_first: new TopK<Suspect>(most, byContent),
      disagreement: new TopK<Suspect>(most, byContent),
    };
  }

  /** @param texts of the answers, by position, if known */
  add(ranking: Ranking, texts?: readonly string[]): void {
    const labelled = labelledAnswers(ranking);
    if (labelled === undefined) return;
    if (texts !== undefined) this.#counts.rows_with_texts += 1;
    const grounds = groundsOf(ranking, labelled, texts);
    const suspect: Suspect = { suspect: grounds.map(({ reason }) => reason), ...ranking };
    for (const { reason, badness } of grounds) {
      this.#counts[reason.kind] += 1;
      this.#worst[reason.kind].add(badness, () => suspect);
    }
  }

  /** Number of rows found for each reason, whether held or not. */
  get counts(): SuspectCounts {
    return { ...this.#counts };
  }

  /** The surest errors first: equal answers, then refusals, then disagreements. Each kind has the worst first; each row comes once. */
  get rows(): Suspect[] {
    const { equal_answers, refusal_first, disagreement } = this.#worst;
    return [...new Set([...equal_answers.items, ...refusal_first.items, ...disagreement.items])];
  }
}

function groundsOf(
  ranking: Ranking,
  labelled: readonly LabelledAnswer[],
  texts: readonly string[] | undefined,
): Ground[] {
  const scores = labelled.map(({ score }) => score);
  const labels = labelled.map(({ label }) => label);
  const nats = plackettLuceNats({ scores, labels }) - randomNats(labels);
  const equal = equalAnswers(labelled, texts);
  const refusals = ranking.good_natured === true && texts !== undefined ? refusalsFirst(labelled, texts) : [];
  return [
    ...(equal ? [{ reason: equal.reason, badness: equal.apart }] : []),
    ...(refusals.length > 0
      ? [{ reason: { kind: 'refusal_first', positions: refusals } as const, badness: nats }]
      : []),
    ...(nats > ROUNDING ? [{ reason: disagreement(labelled, nats), badness: nats }] : []),
  ];
}

/** Positions of the refusals among the answers with the best label. */
function refusalsFirst(labelled: readonly LabelledAnswer[], texts: readonly string[]): number[] {
  const best = labelled.filter(({ label }) => label === labelled[0].label);
  return positionsOf(best).filter((position) => isRefusal(texts[position]));
}

function disagreement(labelled: readonly LabelledAnswer[], nats: number): SuspectReason {
  const bestScore = labelled.reduce((best, { score }) => Math.max(best, score), Number.NEGATIVE_INFINITY);
  return {
    kind: 'disagreement',
    nats,
    best_by_reward: positionsOf(labelled.filter(({ score }) => score === bestScore)),
    best_by_label: positionsOf(labelled.filter(({ label }) => label === labelled[0].label)),
  };
}

function positionsOf(answers: readonly LabelledAnswer[]): number[] {
  return answers.map(({ position }) => position).sort((a, b) => a - b);
}
