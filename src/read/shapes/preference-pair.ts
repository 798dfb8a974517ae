import { isDeepStrictEqual } from 'node:util';
import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import type { RowPlace } from '../records/row-place.js';
import { unicodeText } from '../records/unicode-text.js';
import { answerIn, labelIn, plainAnswer, type ReadAnswer } from './answer.js';
import { answersIn, withModels } from './answer-list.js';
import { dialogueTurns, isDialogue, transcriptIn } from './dialogue-text.js';
import { optionalString } from './fields.js';
import type { FieldNames } from './names.js';
import { hasPrompt, isGiven, type Prompt, promptOfTurns, TURNS_BEFORE } from './prompt.js';
import type { Shape } from './shape.js';
import { isTurnList } from './turn-list.js';

const SIDES = ['chosen', 'rejected'] as const;

type Side = (typeof SIDES)[number];

/** Fields of data sets for the model and the score of each side. */
const MODELS = { chosen: ['chosen_model', 'chosen-model'], rejected: ['rejected_model', 'rejected-model'] } as const;
const SCORES = {
  chosen: ['score_chosen', 'chosen_score', 'chosen_rating', 'chosen-rating'],
  rejected: ['score_rejected', 'rejected_score', 'rejected_rating', 'rejected-rating'],
} as const;

const RANKS = { chosen: 1, rejected: 2 } as const;

/**
 * `chosen` and `rejected`, with the label ranks 1 and 2. Each is an answer to `prompt` (RewardBench), a list of such answers (RewardBench
 * 2), a whole transcript (HH), or the turns of a whole conversation (UltraFeedback binarized). The last two include the prompt.
 */
export const preferencePair: Shape = {
  name: 'preference-pair',
  expects: 'chosen and rejected, with a prompt or as whole conversations',
  fits: (record) => SIDES.every((side) => isGiven(record[side])),
  read(record, place, readPrompt, names) {
    const sides = SIDES.map((side) => ({ side, answers: sideOf(record, side, names, place) }));
    const whole = wholeConversation(record, sides, names, place);
    const answers = sides.flatMap(({ side, answers: ofSide }) => labelled(record, side, ofSide, place));
    return {
      prompt: whole ?? readPrompt(record, place),
      answers: withModels(record, answers),
      where: `${whole ? 'the last replies of ' : ''}${SIDES.join(', ')}`,
    };
  },
};

function sideOf(record: JsonObject, side: Side, names: FieldNames, place: RowPlace): ReadAnswer[] {
  const value = record[side];
  if (typeof value === 'string' && isTranscript(value, record, names)) return [transcriptAnswer(value, side, place)];
  if (Array.isArray(value) && !isTurnList(value)) return answersIn(value, side, place, names);
  return [answerIn(value, side, place, names)];
}

/** Whether a text is a transcript. If the record has a prompt, it is one only if the prompt is a dialogue and the text begins with it. */
function isTranscript(text: string, record: JsonObject, { promptFormat }: FieldNames): boolean {
  if (!hasPrompt(record)) return isDialogue(text);
  if (promptFormat === 'text') return false;
  return typeof record.prompt === 'string' && isDialogue(record.prompt) && text.startsWith(record.prompt);
}

function transcriptAnswer(text: string, side: Side, place: RowPlace): ReadAnswer {
  const { prompt, reply } = transcriptIn(unicodeText(text, side, place), side, place);
  return { ...plainAnswer(reply), before: dialogueTurns(prompt, side, place) };
}

/** The prompt that the answers include, if they do. @throws RowError E_PROMPT if they include different prompts */
function wholeConversation(
  record: JsonObject,
  sides: readonly { side: Side; answers: readonly ReadAnswer[] }[],
  names: FieldNames,
  place: RowPlace,
): Prompt | undefined {
  const [first, ...others] = sides.flatMap(({ side, answers }) => answers.map(({ before }) => ({ side, before })));
  const other = others.find(({ before }) => !isDeepStrictEqual(before, first.before));
  if (other !== undefined) {
    const message =
      'the conversations differ before their last reply, so the answers have different prompts; make two rows of them';
    throw new RowError('E_PROMPT', message, { ...place, field: other.side });
  }
  if (first.before.length === 0) return undefined;
  return { ...promptOfTurns(record, first.before, first.side, place, names), found: TURNS_BEFORE };
}

function labelled(record: JsonObject, side: Side, answers: readonly ReadAnswer[], place: RowPlace): ReadAnswer[] {
  const model = MODELS[side].map((name) => optionalString(record[name], name, place)).find(isGiven);
  const score = SCORES[side].map((name) => labelIn(record[name], name, place)).find(isGiven);
  return answers.map((read) => ({
    ...read,
    answer: {
      ...(model !== undefined && { model }),
      ...(score !== undefined && { score }),
      ...read.answer,
      rank: RANKS[side],
    },
  }));
}
