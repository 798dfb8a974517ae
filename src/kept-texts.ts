import type { Ranking } from './types.js';

/** The texts of the answers where the ranking carries them (`--keep`), in answer order; else `undefined`. */
export function answerTexts(ranking: Ranking): string[] | undefined {
  const { answers }: { answers?: unknown } = ranking as object;
  if (!Array.isArray(answers) || answers.length !== ranking.scores.length) return undefined;
  const texts = answers.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** The text of the prompt where the ranking carries it, turns under each other with their roles; else `undefined`. */
export function promptText(ranking: Ranking): string | undefined {
  const { prompt, messages, conversation }: { prompt?: unknown; messages?: unknown; conversation?: unknown } =
    ranking as object;
  const kept = prompt ?? messages ?? conversation;
  if (typeof kept === 'string') return kept.trim();
  return Array.isArray(kept) ? kept.map(turnText).join('\n\n') : undefined;
}

/** An answer is a text, or an object that has one. */
function textOf(answer: unknown): string | undefined {
  if (typeof answer === 'string') return answer;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { text, answer: named = text }: { text?: unknown; answer?: unknown } = answer;
  return typeof named === 'string' ? named : undefined;
}

function turnText(turn: unknown): string {
  if (typeof turn !== 'object' || turn === null) return '';
  const { role, content }: { role?: unknown; content?: unknown } = turn;
  return [role, content].map((part) => (typeof part === 'string' ? part : '')).join(': ');
}
