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
  /** Seconds for all answers of the mix. */
  seconds: number;
  /** Processor seconds of all threads of the process, busy waiting included. Other work on the machine hardly changes it. */
  processorSeconds: number;
  /** In the order of the answers of all rows; undefined for an answer that was not run this time. */
  rewards: (number | undefined)[];
}

/** The command itself, from rows on standard input to rankings. The time includes reading, templates and tokenization. */
export function ourCommand(key: string, name: string, command: LineProcess): Contender {
  return {
    key,
    name,
    async run({ lines, rows }) {
      const { answer, ...times } = await timed(command, lines, rows);
      return { ...times, rewards: answer.flatMap((line) => JSON.parse(line).scores as number[]) };
    },
  };
}

/** Batches with every answer, row by row. */
type Batching = (rows: readonly number[][][]) => Batch[];

/** One batch a row, padded to its longest text. */
export const PADDED_ROWS: Batching = (rows) =>
  rows.map((ids) => ({ ids, length: Math.max(...ids.map(({ length }) => length)) }));

/** One batch an answer, without padding. */
export const ONE_BY_ONE: Batching = (rows) => rows.flat().map((ids) => ({ ids: [ids], length: ids.length }));

/** Another engine, which gets token ids. */
export function engine(key: string, name: string, process: LineProcess, batching: Batching): Contender {
  return {
    key,
    name,
    async run({ ids }) {
      const { answer, ...times } = await timed(process, requestOf(batching(ids)));
      return { ...times, rewards: JSON.parse(answer[0]) };
    },
  };
}

/** The length to which the model card's code pads every text. */
const CARD_LENGTH = 2048;

/**
 * The model card's way: every answer alone, padded to 2,048 tokens. Each takes the same time, so only one answer a row is run in a round,
 * another one in each round, and its time counts for all answers. The head is read at the last token of the text, so that rewards can be
 * compared.
 */
export function cardEngine(key: string, name: string, process: LineProcess): Contender {
  return {
    key,
    name,
    async run({ ids, work }, round) {
      const picks = ids.map((texts) => round % texts.length);
      const batches = ids.map((texts, row) => ({ ids: [texts[picks[row]]], length: CARD_LENGTH }));
      const { answer, seconds, processorSeconds } = await timed(process, requestOf(batches));
      const rewards: number[] = JSON.parse(answer[0]);
      const placed = ids.flatMap((texts, row) => texts.map((_, i) => (i === picks[row] ? rewards[row] : undefined)));
      const share = batches.length / work.answers;
      return { seconds: seconds / share, processorSeconds: processorSeconds / share, rewards: placed };
    },
  };
}

function requestOf(batches: readonly Batch[]): string {
  return `${JSON.stringify(batches)}\n`;
}

async function timed(process: LineProcess, request: string, lines = 1) {
  const computed = process.processorSeconds() ?? Number.NaN;
  const start = performance.now();
  const answer = await process.ask(request, lines);
  const seconds = (performance.now() - start) / 1000;
  return { answer, seconds, processorSeconds: (process.processorSeconds() ?? Number.NaN) - computed };
}
