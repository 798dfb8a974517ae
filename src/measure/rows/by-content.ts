import type { Ranking } from '../../contracts/ranking.js';
import { jsonText } from '../../json/json-text.js';
import { byCodeUnits } from './by-code-units.js';

/** A ranking, or what is left of it. */
type Measured = Pick<Ranking, 'index' | 'prompt_id' | 'scores' | 'lengths'> & Partial<Ranking>;

/**
 * An order of rankings by what they hold and not by where they stand: by prompt, by id, by their answers in whatever order, and by all
 * else. Only rankings that are equal in all of this come in the order of their files and indexes.
 */
export function byContent(a: Measured, b: Measured): number {
  return (
    byCodeUnits(a.prompt_id, b.prompt_id) ||
    byCodeUnits(String(a.id ?? ''), String(b.id ?? '')) ||
    a.scores.length - b.scores.length ||
    byCodeUnits(answersOf(a), answersOf(b)) ||
    byCodeUnits(contentOf(a), contentOf(b)) ||
    byCodeUnits(a.file ?? '', b.file ?? '') ||
    a.index - b.index
  );
}

/** What is known of each answer, in an order that shuffling the answers does not change. */
function answersOf({ scores, labels, lengths, label_scores, models }: Measured): string {
  const answers = scores.map((score, i) =>
    JSON.stringify([labels?.[i], score, lengths[i], label_scores?.[i], models?.[i]]),
  );
  return answers.sort().join();
}

function contentOf(ranking: Measured): string {
  return jsonText({ ...ranking, index: undefined, file: undefined });
}
