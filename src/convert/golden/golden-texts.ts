import type { Turn } from '../../contracts/row.js';

/** A prompt and its answer. */
export interface GoldenText {
  conversation: readonly Turn[];
  answer: string;
}

const user = (text: string): Turn => ({ role: 'user', text });
const assistant = (text: string): Turn => ({ role: 'assistant', text });

const LONG =
  'Bread needs four things: flour, water, salt and time. Mix the first three in the evening, cover the bowl, and leave it on the table. ' +
  'In the morning the dough has doubled and is full of bubbles. Fold it twice, put it into a hot pot with a lid, and bake it for half an ' +
  'hour. Then take the lid off, and wait until the crust is dark. It sings when it cools; only then cut it.';

/** Texts of several lengths, good and bad answers, one turn and several. Their rewards differ with any model. */
export const GOLDEN_TEXTS: readonly GoldenText[] = [
  { conversation: [user('How much is 7 times 8?')], answer: '7 times 8 is 56.' },
  { conversation: [user('How much is 7 times 8?')], answer: 'Seven swans swim, and eight do not.' },
  { conversation: [user('How do I bake bread without a mixer?')], answer: LONG },
  { conversation: [user('How do I bake bread without a mixer?')], answer: 'No.' },
  {
    conversation: [user('Name a river.'), assistant('The Danube.'), user('Through which capitals does it flow?')],
    answer: 'Vienna, Bratislava, Budapest and Belgrade.',
  },
  { conversation: [user('Write a haiku about rain.')], answer: 'rain rain rain rain rain rain rain rain rain' },
  {
    conversation: [user('Sort [3, 1, 2] in Python.')],
    answer: '`sorted([3, 1, 2])` returns `[1, 2, 3]`, and leaves the list as it was.',
  },
  {
    conversation: [user('Wie spät ist es in Tokio, wenn es in Wien 12 Uhr ist?')],
    answer: '20 Uhr, im Sommer 19 Uhr.',
  },
];
