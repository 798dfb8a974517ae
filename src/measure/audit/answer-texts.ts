import type { Ranking } from '../../types.js';

/** The texts of the answers where the ranking carries them (`--keep`), in answer order; else `undefined`. */
export function answerTexts(ranking: Ranking): string[] | undefined {
  const { answers }: { answers?: unknown } = ranking as object;
  if (!Array.isArray(answers) || answers.length !== ranking.scores.length) return undefined;
  const texts = answers.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** An answer is a text, or an object that has one. */
function textOf(answer: unknown): string | undefined {
  if (typeof answer === 'string') return answer;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { answer: named, text = named }: { answer?: unknown; text?: unknown } = answer;
  return typeof text === 'string' ? text : undefined;
}
