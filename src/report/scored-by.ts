import type { RunDifference, ScoredBy } from '../contracts/agreement.js';

const DIGEST_CHARACTERS = 12;
const DAY_CHARACTERS = 10;
/** Names are whatever the metadata of a file have. */
const LONGEST_NAME = 40;

/** `starling-rm-mini int8, template chatml, d43ed815a21d, 2026-12-01`: model, dtype, template, the model's digest, day of the scores. */
export function scoredByText({ model, dtype, template, model_sha256, runtime, caveat, date }: ScoredBy): string {
  const parts = [
    `${clipped(model)} ${clipped(dtype)}`,
    `template ${clipped(template)}`,
    model_sha256.slice(0, DIGEST_CHARACTERS),
    caveat === undefined ? undefined : `${clipped(runtime)} (not bit for bit)`,
    date?.slice(0, DAY_CHARACTERS),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** For rankings that do not say what scored them. */
export const UNKNOWN_MODEL = 'unknown model (the rankings do not say what scored them)';

/** The texts of all that scored the rankings of a run. */
export function scoredByTexts(scoredBy: readonly ScoredBy[]): string[] {
  return scoredBy.length === 0 ? [UNKNOWN_MODEL] : scoredBy.map(scoredByText);
}

/** In what two runs differ, and whether their figures can be attributed to it. */
export function runDifferencesText(differences: readonly RunDifference[]): string {
  const listed = differences.map(({ name, a, b }) => `${clipped(name)} (${clipped(a)} -> ${clipped(b)})`).join(', ');
  if (differences.length === 0) return 'The two runs have the same model and settings.';
  if (differences.length === 1) return `The runs differ in one thing: ${listed}.`;
  return `The runs differ in ${differences.length} things: ${listed}. The changes below cannot be attributed to one of them.`;
}

function clipped(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST_NAME ? text : `${characters.slice(0, LONGEST_NAME - 1).join('')}…`;
}
