import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import type { Turn } from '../../src/contracts/row.js';
import type { TrainingExample } from '../../src/export/formats/format.js';
import { TRAINING_FORMAT_NAMES, TRAINING_FORMATS, type TrainingFormatName } from '../../src/export/formats/formats.js';
import { ROOT } from '../root.js';
import { examplesOfRows, goldenFile, goldenText, MESSAGES_FORM } from './golden.js';
import { SHAPE_ROWS, shapeRankings } from './shape-rows.js';

/** A conversation and some answers, as a trainer finds them in an example. */
interface Said {
  turns: Turn[];
  answers: string[];
}

type Value = Readonly<Record<string, unknown>>;

const ofMessages = (list: unknown): Turn[] =>
  (list as Value[]).map(({ role, content }) => ({ role, text: content }) as Turn);
const textOfOne = (list: unknown) => ofMessages(list)[0].text;
const halves = (list: unknown) => {
  const turns = ofMessages(list);
  return { turns: turns.slice(0, -1), answer: turns[turns.length - 1].text };
};
/** Reads "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:", with a system turn before it. */
const ofDialogue = (text: string): Turn[] => {
  const [before, ...parts] = text.split(/\n\n(Human|Assistant):/);
  const turns: Turn[] = before === '' ? [] : [{ role: 'system', text: before }];
  for (let i = 0; i + 2 < parts.length; i += 2)
    turns.push({ role: parts[i] === 'Human' ? 'user' : 'assistant', text: parts[i + 1].slice(1) });
  return turns;
};
const alpaca = ({ instruction, system, history }: Value): Turn[] => [
  ...(system === '' ? [] : [{ role: 'system', text: system } as Turn]),
  ...(history as [string, string][]).flatMap(([user, assistant]): Turn[] => [
    { role: 'user', text: user },
    { role: 'assistant', text: assistant },
  ]),
  { role: 'user', text: instruction as string },
];
const FROM: Readonly<Record<string, Turn['role']>> = { system: 'system', human: 'user', gpt: 'assistant' };

/** How the trainer of each format reads an example, written apart from the code that writes it. */
const READERS: Readonly<Record<TrainingFormatName, (example: Value) => Said>> = {
  'trl-preference': ({ prompt, chosen, rejected }) => ({
    turns: ofMessages(prompt),
    answers: [textOfOne(chosen), textOfOne(rejected)],
  }),
  'trl-implicit': whole,
  openrlhf: whole,
  'trl-kto': ({ prompt, completion }) => ({ turns: ofMessages(prompt), answers: [textOfOne(completion)] }),
  sft: ({ messages }) => ({ turns: halves(messages).turns, answers: [halves(messages).answer] }),
  'llamafactory-alpaca': (example) => ({
    turns: alpaca(example),
    answers: [example.chosen as string, example.rejected as string],
  }),
  'llamafactory-kto': (example) => ({ turns: alpaca(example), answers: [example.output as string] }),
  'llamafactory-sharegpt': ({ conversations, chosen, rejected }) => ({
    turns: (conversations as Value[]).map(({ from, value }) => ({ role: FROM[from as string], text: value }) as Turn),
    answers: [chosen, rejected].map((side) => (side as Value).value as string),
  }),
  'axolotl-bt': ({ system, input, chosen, rejected }) => ({
    turns: [
      ...(system === '' ? [] : [{ role: 'system', text: system } as Turn]),
      { role: 'user', text: input as string },
    ],
    answers: [chosen as string, rejected as string],
  }),
  'axolotl-dpo': ({ messages, chosen, rejected }) => ({
    turns: ofMessages(messages),
    answers: [textOfOne([chosen]), textOfOne([rejected])],
  }),
  'ms-swift': ({ messages, rejected_response }) => ({
    turns: halves(messages).turns,
    answers: [halves(messages).answer, rejected_response as string],
  }),
  'nemo-rl': ({ context, completions }) => ({
    turns: ofMessages(context),
    answers: (completions as Value[]).map(({ completion }) => textOfOne(completion)),
  }),
  listwise: ({ query, docs }) => ({
    turns: (query as string).includes('\n\nHuman:')
      ? ofDialogue(query as string)
      : [{ role: 'user', text: query as string }],
    answers: docs as string[],
  }),
  kwise: ({ turns, answers }) => ({ turns: ofMessages(turns), answers: answers as string[] }),
  group: ({ prompt, completion }) => ({ turns: ofMessages(prompt), answers: [textOfOne(completion)] }),
  nectar: ({ prompt, answers }) => ({
    turns: ofDialogue(prompt as string),
    answers: (answers as Value[]).map(({ answer }) => answer as string),
  }),
};

function whole({ chosen, rejected }: Value): Said {
  assert.deepEqual(halves(chosen).turns, halves(rejected).turns);
  return { turns: halves(chosen).turns, answers: [halves(chosen).answer, halves(rejected).answer] };
}

const rows = await shapeRankings(true);

/** The answers of a row that a format takes, best first. */
function expectedAnswers(to: TrainingFormatName, row: number): string[] {
  const { answers, scores } = SHAPE_ROWS[row];
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).map((position) => answers[position]);
  const { unit } = TRAINING_FORMATS[to];
  if (unit === 'best') return order.slice(0, 1);
  return unit === 'answers' ? order : [order[0], order[order.length - 1]];
}

for (const to of TRAINING_FORMAT_NAMES) {
  test(`${to}: every shape of rows comes out with its turns and answers as they are`, () => {
    for (const [row, found] of examplesOfRows(rows, to).entries()) {
      const { shape, conversation } = SHAPE_ROWS[row];
      if (to === 'axolotl-bt' && conversation.filter(({ role }) => role === 'user').length > 1) {
        // The format has no place for earlier turns, so the row is refused and not cut.
        assert.ok(found instanceof RowError && found.code === 'E_PROMPT' && found.place.row === row, shape);
        continue;
      }
      assert.ok(!(found instanceof RowError), `${shape}: ${found}`);
      const said = found.map((example) => READERS[to](JSON.parse(JSON.stringify(example))));
      for (const { turns } of said) assert.deepEqual(turns, conversation, shape);
      assert.deepEqual(
        said.flatMap(({ answers }) => answers),
        expectedAnswers(to, row),
        shape,
      );
    }
  });

  test(`${to}: the examples are those of the golden file, and have the columns that the format declares`, () => {
    assert.equal(goldenText(rows, to), readFileSync(goldenFile(to), 'utf8'));
    const columns = TRAINING_FORMATS[to].columns(MESSAGES_FORM).map(({ name }) => name);
    for (const example of flat(examplesOfRows(rows, to))) assert.deepEqual(Object.keys(example), columns);
  });
}

test('every golden file belongs to a format', () => {
  const files = readdirSync(join(ROOT, 'test/export/golden')).sort();
  assert.deepEqual(files, TRAINING_FORMAT_NAMES.map((to) => `${to}.jsonl`).sort());
});

test('rankings with --keep turns give the same examples', async () => {
  const turns = await shapeRankings('turns');
  for (const to of TRAINING_FORMAT_NAMES) assert.equal(goldenText(turns, to), goldenText(rows, to), to);
});

const TEXT = { isText: true, layout: 'messages' } as const;

test('as text, the turns and the answers of every shape can be read back', () => {
  for (const [row, found] of examplesOfRows(rows, 'trl-preference', TEXT).entries()) {
    assert.ok(!(found instanceof RowError));
    const [best, worst] = expectedAnswers('trl-preference', row);
    for (const { prompt, chosen, rejected } of found) {
      assert.deepEqual(ofDialogue(`${prompt}`), SHAPE_ROWS[row].conversation);
      assert.deepEqual([chosen, rejected], [` ${best}`, ` ${worst}`]);
    }
  }
  const pairs = flat(examplesOfRows(rows, 'trl-preference', TEXT));
  for (const to of ['trl-implicit', 'openrlhf'] as const) {
    const implicit = flat(examplesOfRows(rows, to, TEXT));
    assert.deepEqual(
      implicit.map(({ chosen, rejected }) => [chosen, rejected]),
      pairs.map(({ prompt, chosen, rejected }) => [`${prompt}${chosen}`, `${prompt}${rejected}`]),
    );
  }
  const bests = flat(examplesOfRows(rows, 'sft', TEXT)).map(({ text }) => text);
  assert.deepEqual(
    bests,
    pairs.map(({ prompt, chosen }) => `${prompt}${chosen}`),
  );
  const layout = { isText: true, layout: 'prompt-completion' } as const;
  assert.deepEqual(
    flat(examplesOfRows(rows, 'sft', layout)),
    pairs.map(({ prompt, chosen }) => ({ prompt, completion: chosen })),
  );
  const kto = flat(examplesOfRows(rows, 'trl-kto', TEXT));
  assert.deepEqual(
    kto.filter(({ label }) => label === true).map(({ prompt, completion }) => [prompt, completion]),
    pairs.map(({ prompt, chosen }) => [prompt, chosen]),
  );
});

test('text that would make a turn of its own is refused with its place', () => {
  const [row] = rows.filter(({ ranking }) => ranking.index === 1);
  const forged = { ...row, answers: ['Fine.\n\nHuman: More!', row.answers[1]] };
  const [answer] = examplesOfRows([forged], 'trl-implicit', TEXT);
  assert.ok(answer instanceof RowError && answer.code === 'E_ANSWER' && answer.place.row === 1);
  assert.match(answer.message, /an answer has "\\n\\nHuman:"/);
  const asked = { ...row, conversation: [{ role: 'user', text: 'Hi.\n\nAssistant: No.' } as const] };
  for (const to of ['trl-preference', 'nectar'] as const) {
    const [prompt] = examplesOfRows([asked], to, TEXT);
    assert.ok(prompt instanceof RowError && prompt.code === 'E_PROMPT', to);
  }
});

test('turns that a format cannot hold are refused, and the message names a format that can', () => {
  const [row] = rows;
  const twice = { ...row, conversation: [...row.conversation, { role: 'user', text: 'Well?' } as const] };
  for (const to of ['llamafactory-alpaca', 'llamafactory-sharegpt', 'llamafactory-kto', 'axolotl-bt'] as const) {
    const [found] = examplesOfRows([twice], to);
    assert.ok(found instanceof RowError && found.code === 'E_PROMPT', to);
    assert.match(found.message, /turn 4 is out of turn.*export this row as/);
  }
  const [kept] = examplesOfRows([twice], 'trl-preference');
  assert.ok(!(kept instanceof RowError) && kept.length === 1);
});

function flat(found: readonly (readonly TrainingExample[] | RowError)[]): TrainingExample[] {
  return found.flatMap((examples) => {
    if (examples instanceof RowError) return [];
    return examples;
  });
}
