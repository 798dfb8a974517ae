import type { BenchTexts } from './bench-texts.js';
import type { Batch } from './engines/serve.js';
import type { LineProcess } from './line-process.js';

/** One way to score all answers of a mix. */
export interface Contender {
  key: string;
  name: string;
  run(texts: BenchTexts, round: number): Promise<Pass>;
}

/** One pass over a mix. */
export interface Pass {
  /** For all answers of the mix. */
  seconds: number;
  /** In the order of the answers of all rows; undefined where an answer was not run this time. */
  rewards: (number | undefined)[];
}

/** The command itself: rows go into its standard input, rankings come out. Reading, templates and token ids count. */
export function ourCommand(key: string, name: string, command: LineProcess): Contender {
  return {
    key,
    name,
    async run({ lines, rows }) {
      const start = performance.now();
      const rankings = await command.ask(lines, rows);
      const seconds = (performance.now() - start) / 1000;
      return { seconds, rewards: rankings.flatMap((line) => JSON.parse(line).scores as number[]) };
    },
  };
}

/** Batches that hold every answer, row by row. */
type Batching = (rows: readonly number[][][]) => Batch[];

/** A batch a row, padded to its longest text. */
export const PADDED_ROWS: Batching = (rows) =>
  rows.map((ids) => ({ ids, length: Math.max(...ids.map(({ length }) => length)) }));

/** A batch an answer, without padding. */
export const ONE_BY_ONE: Batching = (rows) => rows.flat().map((ids) => ({ ids: [ids], length: ids.length }));

/** Another engine, which gets token ids ready-made. */
export function engine(key: string, name: string, process: LineProcess, batching: Batching): Contender {
  return {
    key,
    name,
    async run({ ids }) {
      const { seconds, rewards } = await timed(process, batching(ids));
      return { seconds, rewards };
    },
  };
}

/** What the model card pads every text to. */
const CARD_LENGTH = 2048;

/**
 * The model card's way: every answer alone, padded to 2,048 tokens. Each takes the same time, whatever its text, so one answer a row is run a
 * round, another one each round, and its time counts for all answers. Read at the last token of the text, so that rewards can be compared.
 */
export function cardEngine(key: string, name: string, process: LineProcess): Contender {
  return {
    key,
    name,
    async run({ ids, work }, round) {
      const picks = ids.map((texts) => round % texts.length);
      const batches = ids.map((texts, row) => ({ ids: [texts[picks[row]]], length: CARD_LENGTH }));
      const { seconds, rewards } = await timed(process, batches);
      const placed = ids.flatMap((texts, row) => texts.map((_, i) => (i === picks[row] ? rewards[row] : undefined)));
      return { seconds: (seconds * work.answers) / batches.length, rewards: placed };
    },
  };
}

async function timed(process: LineProcess, batches: readonly Batch[]) {
  const request = `${JSON.stringify(batches)}\n`;
  const start = performance.now();
  const [line] = await process.ask(request);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, rewards: JSON.parse(line) as number[] };
}
