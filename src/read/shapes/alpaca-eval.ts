import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { unicodeText } from '../records/unicode-text.js';
import { labelIn, plainAnswer, type ReadAnswer } from './answer.js';
import { optionalString } from './fields.js';
import { isGiven } from './prompt.js';
import type { Shape } from './shape.js';

/** Sum of the scores of the two answers. */
const BOTH = 3;

/**
 * AlpacaEval's annotations: `instruction`, `output_1`, `output_2`, `generator_1`, `generator_2` and `preference`. The preference goes from
 * 1 (the first output is better) to 2 (the second is better); 1.5, or 0 in AlpacaEval's first version, is a tie. It becomes the label score
 * of the second answer, and 3 minus it that of the first. Source: tatsu-lab/alpaca_eval, annotators; `preference` of `annotations.json`.
 */
export const alpacaEval: Shape = {
  name: 'alpaca-eval',
  expects: 'instruction, output_1, output_2 and preference',
  fits: (record) => isGiven(record.output_1) && isGiven(record.output_2),
  read(record, place, readPrompt) {
    const second = scoreOfSecond(record, place);
    const answers = [
      outputOf(record, '1', second === undefined ? undefined : BOTH - second, place),
      outputOf(record, '2', second, place),
    ];
    return { prompt: readPrompt(record, place), answers, where: 'output_1, output_2' };
  },
};

function outputOf(record: JsonObject, which: string, score: number | undefined, place: RowPlace): ReadAnswer {
  const field = `output_${which}`;
  const text = record[field];
  if (typeof text !== 'string') {
    throw new RowError('E_ANSWER', `found ${nameOf(text)}, expected a string`, { ...place, field });
  }
  const generator = `generator_${which}`;
  const model = optionalString(record[generator], generator, place);
  const read = plainAnswer(unicodeText(text, field, place));
  return {
    ...read,
    answer: { ...read.answer, ...(model !== undefined && { model }), ...(score !== undefined && { score }) },
    ...(score !== undefined && { labelField: 'preference' }),
  };
}

function scoreOfSecond(record: JsonObject, place: RowPlace): number | undefined {
  const preference = labelIn(record.preference, 'preference', place);
  if (preference === undefined) return undefined;
  if (preference === 0) return BOTH / 2;
  if (preference >= 1 && preference <= 2) return preference;
  const message = `found ${preference}, expected a number from 1 (the first output is better) to 2 (the second), or 0 for a tie`;
  throw new RowError('E_LABEL', message, { ...place, field: 'preference' });
}
