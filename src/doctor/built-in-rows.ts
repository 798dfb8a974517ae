import type { Row, Turn } from '../contracts/row.js';

/** A prompt with a clearly better answer, a clearly worse one, and sometimes others. */
interface BuiltIn {
  turns: string[];
  better: string;
  worse: string;
  others?: string[];
}

/** The rows are short, as a large model scores some thirty tokens a second. Some answers share a prefix, are equal, or are one word. */
const BUILT_IN: readonly BuiltIn[] = [
  {
    turns: ['What is 12 times 12?'],
    better: '12 times 12 is 144.',
    worse: '12 times 12 is a colour that I like.',
    others: ['144', '12 times 12 is 144.'],
  },
  {
    turns: ['Name three primary colours of light.'],
    better: 'The three primary colours of light are red, green and blue.',
    worse: 'No.',
  },
  {
    turns: ['How do I reverse a list in Python?'],
    better: 'Use `items[::-1]` for a reversed copy, or `items.reverse()` to reverse the list in place.',
    worse: 'Python is a snake. Snakes are long, and long things are hard to turn around.',
  },
  {
    turns: ['Translate "good morning" to French.'],
    better: '"Good morning" in French is "bonjour".',
    worse: '"Good morning" in French is cheese cheese cheese cheese, or cheese cheese, or cheese.',
    others: ['Bonjour'],
  },
  {
    turns: ['Hi, I am Ada.', 'Hello Ada! How can I help?', 'What is my name?'],
    better: 'Your name is Ada.',
    worse: 'Your your name is is name your is Ada not your is name name is your.',
  },
  {
    turns: ['Why is the sky blue?'],
    better: 'Air scatters blue light much more than red light, so blue reaches our eyes from all of the sky.',
    worse: 'Sky.',
  },
  {
    turns: ['Write one sentence that recommends a walk.'],
    better: 'A short walk after lunch clears the head and lifts the mood.',
    worse: 'walk walk walk walk walk walk walk walk walk walk',
  },
  {
    turns: ['At what temperature does water boil at sea level?'],
    better: 'At sea level water boils at 100 °C, which is 212 °F.',
    worse: 'At sea level fish swim.',
    others: ['At sea level water boils at 100 °C.'],
  },
  {
    turns: ['Wie heißt die Hauptstadt von Österreich?'],
    better: 'Die Hauptstadt von Österreich ist Wien.',
    worse: '?!?!?!?!',
  },
  {
    turns: ['Give me a tip for sleeping better.'],
    better: 'Go to bed at the same time every night, and keep the bedroom dark, cool and quiet.',
    worse: 'No.',
  },
];

/** Ten rows of two to four answers each. */
export function builtInRows(): Row[] {
  return BUILT_IN.map(({ turns, ...answers }, index) => rowOf(index, turns, textsOf(index, answers)));
}

/** Positions of the better and the worse answer in each row. They alternate. */
export function betterAndWorse(): { better: number; worse: number }[] {
  return BUILT_IN.map((_, index) => (index % 2 === 0 ? { better: 0, worse: 1 } : { better: 1, worse: 0 }));
}

function textsOf(index: number, { better, worse, others = [] }: Omit<BuiltIn, 'turns'>): string[] {
  return [...(index % 2 === 0 ? [better, worse] : [worse, better]), ...others];
}

/** A row of typical length: a prompt of some 150 tokens and seven answers of some 200 tokens each. Its texts depend on `index`. */
export function longRow(index: number): Row {
  const texts = BUILT_IN.map(({ better }) => better);
  const prompt = `${index}. Which of these is of most use, and why?\n\n${texts.slice(0, 8).join('\n')}`;
  const answer = (i: number) => `${i}: ${[...texts.slice(i), ...texts.slice(0, i), ...texts].join(' ')}`;
  return rowOf(index, [prompt], [0, 1, 2, 3, 4, 5, 6].map(answer));
}

function rowOf(index: number, turns: readonly string[], texts: readonly string[]): Row {
  const conversation: Turn[] = turns.map((text, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', text }));
  const answers = texts.map((text) => ({ text }));
  return { index, promptId: `${index}`, conversation, answers, place: { row: index }, record: {} };
}
