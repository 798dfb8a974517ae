import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { labelIn, type ReadAnswer } from './answer.js';
import { answerAlone } from './answer-list.js';
import { optionalString } from './fields.js';
import type { FieldNames } from './names.js';
import { hasPrompt, isGiven, promptIn } from './prompt.js';
import type { Shape } from './shape.js';
import { winnerRanks } from './winner.js';

type Ranks = readonly number[];

/** Reads the label of a pair of answers. @throws RowError E_LABEL */
type ReadRanks = (value: unknown, field: string, place: RowPlace, pair: Pair, record: JsonObject) => Ranks | undefined;

/** Two fields with an answer each, and fields that say which is better. The first of these that a record has is read. */
interface Pair {
  fields: readonly [string, string];
  models: readonly [string, string];
  labels: Readonly<Record<string, ReadRanks>>;
}

const FIRST: Ranks = [1, 2];
const SECOND: Ranks = [2, 1];
const TIE: Ranks = [1, 1];

const PAIRS: readonly Pair[] = [
  // PKU-Alignment/PKU-SafeRLHF: `better_response_id` judges helpfulness, `safer_response_id` harmlessness.
  {
    fields: ['response_0', 'response_1'],
    models: ['response_0_source', 'response_1_source'],
    labels: { better_response_id: byPosition },
  },
  // nvidia/HelpSteer2, preference: from -3, the first is much better, to 3, the second is.
  {
    fields: ['response_1', 'response_2'],
    models: ['model_1', 'model_2'],
    labels: { preference_strength: bySign, winner: byName },
  },
  // nvidia/HelpSteer3, preference: the same, after `context`, the turns of the prompt.
  {
    fields: ['response1', 'response2'],
    models: ['model1', 'model2'],
    labels: { overall_preference: bySign, winner: byName },
  },
  // argilla/ultrafeedback-binarized-preferences.
  {
    fields: ['chosen_response', 'rejected_response'],
    models: ['chosen_model', 'rejected_model'],
    labels: { chosen_response: () => FIRST },
  },
  { fields: ['response_a', 'response_b'], models: ['model_a', 'model_b'], labels: { winner: byName } },
  { fields: ['answer_a', 'answer_b'], models: ['model_a', 'model_b'], labels: { winner: byName } },
];

/** A prompt and two answers in fields of their own. */
export const twoResponses: Shape = {
  name: 'two-responses',
  expects: 'two answers, such as response_a and response_b',
  fits: (record) => pairIn(record) !== undefined,
  read(record, place, readPrompt, names) {
    const pair = pairIn(record) ?? PAIRS[0];
    const label = Object.keys(pair.labels).find((name) => isGiven(record[name]));
    const ranks = label === undefined ? undefined : pair.labels[label](record[label], label, place, pair, record);
    const answers = pair.fields.map((field, i): ReadAnswer => {
      const read = answerAlone(record[field], field, place, names);
      const model = optionalString(record[pair.models[i]], pair.models[i], place);
      return {
        ...read,
        answer: { ...(model !== undefined && { model }), ...(ranks && { rank: ranks[i] }), ...read.answer },
        ...(ranks && label !== undefined && { labelField: label }),
        column: { field, position: i },
      };
    });
    const prompt = isAfterContext(record, names)
      ? promptIn(record, 'context', record.context, { ...names, mayBeText: false }, place)
      : readPrompt(record, place);
    return { prompt, answers, where: pair.fields.join(', ') };
  },
};

function pairIn(record: JsonObject): Pair | undefined {
  const hasBoth = ({ fields }: Pair) => fields.every((field) => record[field] !== undefined);
  return PAIRS.find((pair) => hasBoth(pair) && pair.fields.some((field) => isGiven(record[field])));
}

function isAfterContext(record: JsonObject, { prompt }: FieldNames): boolean {
  return prompt === undefined && !hasPrompt(record) && Array.isArray(record.context);
}

/** 0 or 1: the position of the better answer. */
function byPosition(value: unknown, field: string, place: RowPlace): Ranks {
  if (value === 0) return FIRST;
  if (value === 1) return SECOND;
  throw new RowError('E_LABEL', `found ${nameOf(value)}, expected 0 or 1, the number of the better answer`, {
    ...place,
    field,
  });
}

/** A number below 0 prefers the first answer, above 0 the second. */
function bySign(value: unknown, field: string, place: RowPlace): Ranks {
  const preference = labelIn(value, field, place) ?? 0;
  if (preference === 0) return TIE;
  return preference < 0 ? FIRST : SECOND;
}

function byName(value: unknown, field: string, place: RowPlace, { fields, models }: Pair, record: JsonObject): Ranks {
  const contestants = fields.map((name, i) => {
    const model = record[models[i]];
    return { field: name, ...(typeof model === 'string' && { model }) };
  });
  const ranks = typeof value === 'string' ? winnerRanks(value, contestants) : undefined;
  if (ranks !== undefined) return ranks;
  const message = `found ${nameOf(value)}, expected the better answer: ${fields.join(' or ')}, A or B, or tie`;
  throw new RowError('E_LABEL', message, { ...place, field });
}
