import { isDeepStrictEqual } from 'node:util';
import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { answerIn, type ReadAnswer } from './answer.js';
import { optionalString } from './fields.js';
import { isGiven, promptOfTurns, TURNS_BEFORE } from './prompt.js';
import type { Shape } from './shape.js';
import { winnerRanks } from './winner.js';

const SIDES = ['a', 'b'] as const;

/** Fields of 1 and 0, of which one is 1: for each side, and for a tie. */
const FLAGS = ['winner_model_a', 'winner_model_b', 'winner_tie'] as const;
const RANKS_OF_FLAGS: readonly (readonly [number, number])[] = [
  [1, 2],
  [2, 1],
  [1, 1],
];

/**
 * A battle of Chatbot Arena or MT-Bench's judgements: `conversation_a`, `conversation_b`, `model_a`, `model_b` and `winner`. The two whole
 * conversations differ only in their last reply. Some releases hold them as JSON in a text. Source: lmsys/chatbot_arena_conversations,
 * lmsys/mt_bench_human_judgments, lmarena-ai/arena-human-preference-140k.
 */
export const arenaBattle: Shape = {
  name: 'arena-battle',
  expects: 'conversation_a, conversation_b and winner',
  fits: (record) => SIDES.every((side) => isGiven(record[`conversation_${side}`])),
  read(record, place, _readPrompt, names) {
    const ranks = ranksOfWinner(record, place);
    const [a, b] = SIDES.map((side, i) => sideOf(record, side, ranks?.[i], place));
    if (!isDeepStrictEqual(a.before, b.before)) {
      const message =
        'the conversations differ before their last reply, so the answers have different prompts; keep only the first turn of each';
      throw new RowError('E_PROMPT', message, { ...place, field: 'conversation_b' });
    }
    const prompt = promptOfTurns(record, a.before, 'conversation_a', place, names);
    return {
      prompt: { ...prompt, found: TURNS_BEFORE },
      answers: [a, b],
      where: 'the last replies of conversation_a, conversation_b',
    };
  },
};

/**
 * A battle as lists of texts, in JSON: `prompt`, `response_a`, `response_b`, and the winner as `winner_model_a`, `winner_model_b` and
 * `winner_tie`. Source: lmarena-ai/arena-human-preference-55k.
 */
export const arenaTexts: Shape = {
  name: 'arena-texts',
  expects: 'prompt, response_a, response_b and winner_model_a',
  fits: (record) => SIDES.every((side) => isGiven(record[`response_${side}`])) && isGiven(record[FLAGS[0]]),
  read(record, place, readPrompt, names) {
    const prompts = textsIn(record, 'prompt', place);
    const [a, b] = SIDES.map((side) => conversationOf(prompts, textsIn(record, `response_${side}`, place)));
    const read = arenaBattle.read({ ...record, conversation_a: a, conversation_b: b }, place, readPrompt, names);
    return { ...read, prompt: { ...read.prompt, found: 'prompt' }, where: 'response_a, response_b' };
  },
};

function sideOf(record: JsonObject, side: string, rank: number | undefined, place: RowPlace): ReadAnswer {
  const conversation = `conversation_${side}`;
  const value = record[conversation];
  const read = answerIn(typeof value === 'string' ? jsonIn(value, conversation, place) : value, conversation, place);
  const field = `model_${side}`;
  const model = optionalString(record[field], field, place);
  return {
    ...read,
    answer: { ...read.answer, ...(model !== undefined && { model }), ...(rank !== undefined && { rank }) },
    ...(rank !== undefined && { labelField: 'winner' }),
  };
}

/** A list in a text. @throws RowError E_PROMPT */
function jsonIn(text: string, field: string, place: RowPlace): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch {
    // Reported below.
  }
  throw new RowError('E_PROMPT', `found ${nameOf(text)}, expected a list, or a list as JSON`, { ...place, field });
}

function textsIn(record: JsonObject, field: string, place: RowPlace): readonly unknown[] {
  const value = record[field];
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? jsonIn(value, field, place) : [value];
}

function conversationOf(prompts: readonly unknown[], responses: readonly unknown[]): unknown[] {
  return prompts.flatMap((content, i) => [
    { role: 'user', content },
    { role: 'assistant', content: responses[i] },
  ]);
}

function ranksOfWinner(record: JsonObject, place: RowPlace): readonly number[] | undefined {
  const flag = FLAGS.findIndex((name) => record[name] === 1 || record[name] === true);
  if (flag !== -1) return RANKS_OF_FLAGS[flag];
  const { winner } = record;
  if (!isGiven(winner)) return undefined;
  const ranks = typeof winner === 'string' ? winnerRanks(winner, contestants(record)) : undefined;
  if (ranks !== undefined) return ranks;
  const message = `found ${nameOf(winner)}, expected model_a, model_b, tie or another spelling of them`;
  throw new RowError('E_LABEL', message, { ...place, field: 'winner' });
}

function contestants(record: JsonObject): { model?: string }[] {
  return SIDES.map((side) => {
    const model = record[`model_${side}`];
    return typeof model === 'string' ? { model } : {};
  });
}
