import type { QuirkCounts } from '../../read/choose/quirks.js';

/** The quirks of the rows in one line; `undefined` if there are none. */
export function quirksText(quirks: QuirkCounts, truncatedAnswers: number): string | undefined {
  const found: [number, string, string][] = [
    [quirks.repeatedAnswers, 'row with the same answer twice', 'rows with the same answer twice'],
    [quirks.repeatedModels, 'row with a model twice', 'rows with a model twice'],
    [quirks.refusals, 'answer that is a stock refusal', 'answers that are stock refusals'],
    [quirks.gaps, 'row whose ranks have gaps', 'rows whose ranks have gaps'],
    [quirks.partlyLabelled, 'row with labels for some answers only', 'rows with labels for some answers only'],
    [truncatedAnswers, 'answer cut to the maximum length', 'answers cut to the maximum length'],
  ];
  const told = found.filter(([count]) => count > 0).map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
  return told.length === 0 ? undefined : `worth knowing: ${told.join(', ')}`;
}

/** The same as fields of the log. */
export function quirksFacts(quirks: QuirkCounts): Record<string, number> {
  return {
    repeated_answers: quirks.repeatedAnswers,
    repeated_models: quirks.repeatedModels,
    refusals: quirks.refusals,
    rank_gaps: quirks.gaps,
    partly_labelled: quirks.partlyLabelled,
  };
}
