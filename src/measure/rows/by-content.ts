import type { Ranking } from '../../contracts/ranking.js';
import { jsonText } from '../../json/json-text.js';
import { byCodeUnits } from './by-code-units.js';

/** A ranking, or the fields of it that were kept. */
type Measured = Pick<Ranking, 'index' | 'prompt_id' | 'scores' | 'lengths'> & Partial<Ranking>;

/**
 * Compares rankings by content: by prompt, by id, by their answers regardless of order, then by all other fields. Only rankings of equal
 * content are compared by file and index.
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

/** The fields of each answer, as a text that does not depend on the order of the answers. */
function answersOf({ scores, labels, lengths, label_scores, models }: Measured): string {
  const answers = scores.map((score, i) =>
    JSON.stringify([labels?.[i], score, lengths[i], label_scores?.[i], models?.[i]]),
  );
  return answers.sort().join();
}

function contentOf(ranking: Measured): string {
  return jsonText({ ...ranking, index: undefined, file: undefined });
}
