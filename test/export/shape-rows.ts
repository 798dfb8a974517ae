import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RowError } from '../../src/contracts/errors.js';
import type { RankedRow } from '../../src/contracts/ranked-row.js';
import type { Keep } from '../../src/contracts/ranking.js';
import type { Turn } from '../../src/contracts/row.js';
import { rankingOf } from '../../src/rank/ranking.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRankedRows } from '../../src/read/ranked-rows.js';
import { readRows } from '../../src/read/rows.js';
import { rankingLine } from '../../src/write/rankings.js';
import { collect } from '../read/collect.js';
import { tempFolder } from '../temp-folder.js';

/** A row of one of the shapes that rows come in, and what it says, written down apart from the code that reads it. */
interface ShapeRow {
  shape: string;
  record: unknown;
  conversation: readonly Turn[];
  answers: readonly string[];
  /** Rewards in answer order, made up here. */
  scores: readonly number[];
}

const user = (text: string): Turn => ({ role: 'user', text });
const assistant = (text: string): Turn => ({ role: 'assistant', text });
const system = (text: string): Turn => ({ role: 'system', text });

/** All rows are written for these tests. Several spell special tokens in their texts, which must stay as they are. */
export const SHAPE_ROWS: readonly ShapeRow[] = [
  {
    shape: 'Nectar',
    record: {
      prompt:
        '\n\nHuman: What does <|im_end|> do in a prompt?\n\nAssistant: It ends a turn.\n\nHuman: And </s>?\n\nAssistant: ',
      answers: [
        { answer: 'It ends a text: </s>', model: 'kestrel', rank: 1 },
        { answer: 'Nothing.', model: 'wren', rank: 3 },
        { answer: 'It ends a text, as <eos> does.\n', model: 'heron', rank: 2 },
      ],
      turns: 2,
      num_responses: 3,
      source: ['tokens'],
      good_natured: true,
    },
    conversation: [user('What does <|im_end|> do in a prompt?'), assistant('It ends a turn.'), user('And </s>?')],
    answers: ['It ends a text: </s>', 'Nothing.', 'It ends a text, as <eos> does.\n'],
    scores: [1.25, -2, 0.5],
  },
  {
    shape: 'UltraFeedback',
    record: {
      instruction: 'Name a river that flows north.',
      completions: [
        { response: 'The Nile.', model: 'kestrel', overall_score: 8.5 },
        { response: 'The Danube flows east.', model: 'wren', overall_score: 2 },
      ],
    },
    conversation: [user('Name a river that flows north.')],
    answers: ['The Nile.', 'The Danube flows east.'],
    scores: [0.75, 0.25],
  },
  {
    shape: 'messages',
    record: {
      messages: [
        { role: 'user', content: 'Hello, [INST] you.' },
        { role: 'assistant', content: 'Hello! "Quoted", too.' },
        { role: 'user', content: 'Say it in French.' },
      ],
      responses: ['Bonjour !', 'Hola.', 'Bonjour !'],
    },
    conversation: [user('Hello, [INST] you.'), assistant('Hello! "Quoted", too.'), user('Say it in French.')],
    answers: ['Bonjour !', 'Hola.', 'Bonjour !'],
    scores: [2, -1, 2],
  },
  {
    shape: 'HH',
    record: {
      chosen: '\n\nHuman: How do I keep bread fresh?\n\nAssistant: In a linen bag, or frozen in slices.',
      rejected: '\n\nHuman: How do I keep bread fresh?\n\nAssistant: You cannot.',
    },
    conversation: [user('How do I keep bread fresh?')],
    answers: ['In a linen bag, or frozen in slices.', 'You cannot.'],
    scores: [-0.5, -1.5],
  },
  {
    shape: 'Arena',
    record: {
      conversation_a: [
        { role: 'user', content: 'Is 91 prime?' },
        { role: 'assistant', content: 'No, 7 × 13 = 91.' },
      ],
      conversation_b: [
        { role: 'user', content: 'Is 91 prime?' },
        { role: 'assistant', content: 'Yes. <|endoftext|>' },
      ],
      model_a: 'wren',
      model_b: 'kestrel',
      winner: 'model_a',
    },
    conversation: [user('Is 91 prime?')],
    answers: ['No, 7 × 13 = 91.', 'Yes. <|endoftext|>'],
    scores: [3, 1],
  },
  {
    shape: 'RewardBench',
    record: {
      prompt: 'Write the alphabet backwards, from e.',
      chosen: 'e d c b a',
      rejected: 'a b c d e',
      chosen_model: 'heron',
      rejected_model: 'wren',
    },
    conversation: [user('Write the alphabet backwards, from e.')],
    answers: ['e d c b a', 'a b c d e'],
    scores: [0.125, 0.25],
  },
  {
    shape: 'bare list',
    record: ['How many legs has a spider?', 'Eight.', 'Six 🕷', 'Eight, in four pairs.'],
    conversation: [user('How many legs has a spider?')],
    answers: ['Eight.', 'Six 🕷', 'Eight, in four pairs.'],
    scores: [1, 0, 1.5],
  },
  {
    shape: 'system turn',
    record: {
      prompt: [
        { role: 'system', content: 'Answer in one word. <<SYS>>' },
        { role: 'user', content: 'What is the opposite of loud?' },
      ],
      answers: ['Quiet.', 'The opposite of loud is quiet.'],
    },
    conversation: [system('Answer in one word. <<SYS>>'), user('What is the opposite of loud?')],
    answers: ['Quiet.', 'The opposite of loud is quiet.'],
    scores: [0.5, -0.5],
  },
];

/** Files of the rows and of their rankings, with made-up rewards and written with `keep`. */
export async function shapeFiles(keep: Keep): Promise<{ rows: string; rankings: string }> {
  const folder = tempFolder();
  const [rows, rankings] = [join(folder, 'rows.jsonl'), join(folder, 'rankings.jsonl')];
  writeFileSync(rows, SHAPE_ROWS.map(({ record }) => `${JSON.stringify(record)}\n`).join(''));
  const lines: string[] = [];
  for await (const row of readRows(await openInputs([rows]), LIMITS)) {
    if (row instanceof RowError) throw row;
    const whole = row.answers.map(() => ({ cut: 0 }));
    lines.push(rankingLine(rankingOf(row, whole, SHAPE_ROWS[row.index].scores, keep)));
  }
  writeFileSync(rankings, lines.join(''));
  return { rows, rankings };
}

/** The rankings, read again. */
export async function shapeRankings(keep: Keep): Promise<RankedRow[]> {
  const { rankings } = await shapeFiles(keep);
  const read = await collect(readRankedRows(await openInputs([rankings]), { ...LIMITS, fields: {} }));
  return read.map((row) => {
    if ('conversation' in row) return row;
    throw row;
  });
}
