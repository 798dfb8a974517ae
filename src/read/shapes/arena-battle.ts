import { isDeepStrictEqual } from 'node:util';
import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { answerIn, type ReadAnswer } from './answer.js';
import { optionalString } from './fields.js';
import { isGiven, promptOfTurns, TURNS_BEFORE } from './prompt.js';
import type { Shape } from './shape.js';

/** The ranks of the two answers for each value of `winner`. */
const WINNERS: ReadonlyMap<unknown, readonly [number, number]> = new Map<unknown, readonly [number, number]>([
  ['model_a', [1, 2]],
  ['model_b', [2, 1]],
  ['tie', [1, 1]],
  ['tie (bothbad)', [1, 1]],
  ['both_bad', [1, 1]],
]);

const SIDES = ['a', 'b'] as const;

/**
 * A battle of Chatbot Arena or MT-Bench's judgements: `conversation_a`, `conversation_b`, `model_a`, `model_b` and `winner`. The two whole
 * conversations differ only in their last reply. Source: lmsys/chatbot_arena_conversations, lmsys/mt_bench_human_judgments.
 */
export const arenaBattle: Shape = {
  expects: 'conversation_a, conversation_b and winner',
  fits: (record) => SIDES.every((side) => isGiven(record[`conversation_${side}`])),
  read(record, place) {
    const ranks = winnerRanks(record, place);
    const [a, b] = SIDES.map((side, i) => sideOf(record, side, ranks?.[i], place));
    if (!isDeepStrictEqual(a.before, b.before)) {
      const message =
        'the conversations differ before their last reply, so the answers have different prompts; keep only the first turn of each';
      throw new RowError('E_PROMPT', message, { ...place, field: 'conversation_b' });
    }
    const prompt = promptOfTurns(record, a.before, 'conversation_a', place);
    return {
      prompt: { ...prompt, found: TURNS_BEFORE },
      answers: [a, b],
      where: 'the last replies of conversation_a, conversation_b',
    };
  },
};

function sideOf(record: JsonObject, side: string, rank: number | undefined, place: RowPlace): ReadAnswer {
  const read = answerIn(record[`conversation_${side}`], `conversation_${side}`, place);
  const field = `model_${side}`;
  const model = optionalString(record[field], field, place);
  return {
    ...read,
    answer: { ...read.answer, ...(model !== undefined && { model }), ...(rank !== undefined && { rank }) },
    ...(rank !== undefined && { labelField: 'winner' }),
  };
}

function winnerRanks({ winner }: JsonObject, place: RowPlace): readonly [number, number] | undefined {
  if (!isGiven(winner)) return undefined;
  const ranks = WINNERS.get(winner);
  if (ranks !== undefined) return ranks;
  const message = `found ${nameOf(winner)}, expected one of ${[...WINNERS.keys()].join(', ')}`;
  throw new RowError('E_LABEL', message, { ...place, field: 'winner' });
}
