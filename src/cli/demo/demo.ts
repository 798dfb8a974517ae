import { fileURLToPath } from 'node:url';
import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import type { Row } from '../../contracts/row.js';
import { Evaluator } from '../../measure/evaluation.js';
import { LIMITS, openInputs } from '../../read/inputs/inputs.js';
import { readRows } from '../../read/rows.js';
import { evaluationTable } from '../../report/terminal/table.js';
import { openScorer } from '../../score/open-scorer.js';
import { openOutput } from '../../write/files/output.js';
import { TextConsole } from '../common/console/text-console.js';
import { exitCode } from '../common/exit-code.js';
import { EMBEDDED_MODEL } from '../common/flags.js';
import { scoringSettings } from '../common/settings.js';

const SAMPLE = fileURLToPath(new URL('../../../../fixtures/sample.jsonl', import.meta.url));
/** Short, and of three kinds: maths, code, knowledge. */
const SHOWN = ['sample-01', 'sample-04', 'sample-09'];
const WIDTH = 80;

/** `npm run demo`: scores the sample with the embedded model, shows three rankings and how well all of them agree with the labels. */
async function demo(): Promise<void> {
  const output = await openOutput('-', { force: false });
  const print = (text: string) => output.write(`${text}\n`);
  const rows = await sampleRows();
  await print(`${rows.length} rows of seven answers, written and ranked by this project's authors, not by GPT-4.`);
  await print('Each answer gets a reward; rank 1 is the best reward, label 1 the best by hand.\n');
  await using scorer = await openScorer(await scoringSettings({ model: EMBEDDED_MODEL }));
  const evaluator = new Evaluator();
  const none = () => {};
  for await (const ranking of scorer.rankings(each(rows), { keep: false, stop: none })) {
    if (ranking instanceof RowError) throw ranking;
    evaluator.add(ranking);
    if (SHOWN.includes(String(ranking.id))) await print(shown(rows[ranking.index], ranking));
  }
  await print(`All ${rows.length} rows:\n\n${evaluationTable(evaluator.result())}`);
  await print('This sample only shows how it works: the model card has figures on whole development sets.');
}

async function sampleRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readRows(await openInputs([SAMPLE]), LIMITS)) {
    if (row instanceof RowError) throw row;
    rows.push(row);
  }
  return rows;
}

async function* each(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

function shown(row: Row, { scores, ranks, order, labels }: Ranking): string {
  const lines = order.map((position) => {
    const figures =
      `${ranks[position]}`.padStart(4) +
      scores[position].toFixed(2).padStart(8) +
      `${labels?.[position] ?? '-'}`.padStart(7);
    return clipped(`${figures}  ${oneLine(row.answers[position].text)}`);
  });
  const prompt = clipped(oneLine(row.conversation.map(({ text }) => text).join(' / ')));
  return [prompt, 'rank  reward  label  answer', ...lines, ''].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function clipped(line: string): string {
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}

process.exit(await exitCode(demo, new TextConsole()));
