import type { Suspect, SuspectCounts, SuspectReason } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import { isRefusal } from '../../contracts/refusal.js';
import { byContent } from '../rows/by-content.js';
import { type LabelledAnswer, labelledAnswers } from '../rows/labelled-answers.js';
import { plackettLuceNats, randomNats } from '../statistics/plackett-luce-nll.js';
import { equalAnswers } from './equal-answers.js';
import { Worst } from './worst.js';

/** Nats. Equal rewards are as good as a guess, whatever the last bits say. */
const ROUNDING = 1e-9;

/** A reason, and how bad it is among reasons of its kind. */
interface Ground {
  reason: SuspectReason;
  badness: number;
}

/**
 * Takes rankings one at a time and holds the rows whose labels should be looked at first, with all that the rankings carry along.
 * It holds at most so many of each kind, the worst: those whose equal answers are farthest apart, and otherwise those whose labels
 * the rewards find least likely.
 */
export class Suspects {
  readonly #worst: Record<SuspectReason['kind'], Worst<Suspect>>;
  readonly #counts: SuspectCounts = { equal_answers: 0, refusal_first: 0, disagreement: 0, rows_with_texts: 0 };

  /** @param most rows of each kind */
  constructor(most: number) {
    this.#worst = {
      equal_answers: new Worst<Suspect>(most, byContent),
      refusal_first: new Worst<Suspect>(most, byContent),
      disagreement: new Worst<Suspect>(most, byContent),
    };
  }

  /** @param texts of the answers, in their order, where they are known */
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

  /** Rows by what they were found for, however many are held. */
  get counts(): SuspectCounts {
    return { ...this.#counts };
  }

  /** What is surely wrong first: equal answers, then refusals, then disagreements; of each kind the worst first, each row once. */
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

/** Positions of the refusals among the answers of the best label. */
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
