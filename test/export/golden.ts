import { join } from 'node:path';
import { RowError } from '../../src/contracts/errors.js';
import type { RankedRow } from '../../src/contracts/ranked-row.js';
import type { Choices } from '../../src/export/choose/choices.js';
import { Exporter } from '../../src/export/exporter.js';
import type { TrainingExample, TrainingForm } from '../../src/export/formats/format.js';
import { TRAINING_FORMATS, type TrainingFormatName } from '../../src/export/formats/formats.js';
import { ROOT } from '../root.js';

export const MESSAGES_FORM: TrainingForm = { isText: false, layout: 'messages' };

const CHOICES: Choices = { rankBy: 'reward', drop: [], pairs: 'best-worst', top: 1, seed: 1 };

export function goldenFile(to: TrainingFormatName): string {
  return join(ROOT, 'test/export/golden', `${to}.jsonl`);
}

/** The examples of each row, or the error of a row that the format cannot hold. */
export function examplesOfRows(
  rows: readonly RankedRow[],
  to: TrainingFormatName,
  form: TrainingForm = MESSAGES_FORM,
): (readonly TrainingExample[] | RowError)[] {
  const exporter = new Exporter({ format: TRAINING_FORMATS[to], form, choices: CHOICES, balances: false });
  return rows.map((row) => {
    try {
      return exporter.examplesOf(row);
    } catch (error) {
      if (error instanceof RowError) return error;
      throw error;
    }
  });
}

/** The examples as JSON lines. Rows that the format cannot hold have none. */
export function goldenText(rows: readonly RankedRow[], to: TrainingFormatName): string {
  const examples = examplesOfRows(rows, to).flatMap((found) => (found instanceof RowError ? [] : found));
  return examples.map((example) => `${JSON.stringify(example)}\n`).join('');
}
