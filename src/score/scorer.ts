import { RowError } from '../contracts/errors.js';
import { located } from '../contracts/located.js';
import type { Keep, KnownScores, Ranking } from '../contracts/ranking.js';
import type { RewardEngine } from '../contracts/reward-engine.js';
import type { Row } from '../contracts/row.js';
import type { ModelTexts } from '../model/texts/model-texts.js';
import { rankingOf, rankingOfKnown } from '../rank/ranking.js';
import { inOrder } from './in-order.js';

export interface RankOptions {
  /** What a ranking carries of its row. */
  keep: Keep;
  /** Of the probabilities that the best answer wins; without it rankings have none. */
  temperature?: number;
  /** Called when no more rows are wanted, so that the source of the rows ends. */
  stop(): void;
  /** Called for each row that was scored. */
  onScored?(scored: ScoredRow): void;
  /** The scores of a row that an earlier run has scored; such a row is not scored again. Called in the order of the rows. */
  known?(row: Row): Promise<KnownScores | undefined>;
}

/** Token counts and times of one scored row. */
export interface ScoredRow {
  answers: number;
  /** Tokens that the row requests, with shared ones counted once. */
  tokens: number;
  /** From request to result, including the wait for earlier rows. */
  seconds: { encode: number; engine: number };
}

/**
 * The pipeline of a row: template -> encode -> engine -> rank. `read` comes before it, `write` or `measure` after it. Each stage knows
 * only its own input and output; this file joins them.
 */
export class Scorer {
  readonly #texts: ModelTexts;
  readonly #engine: RewardEngine;
  readonly #ownsTexts: boolean;

  /** @param ownsTexts whether closing the scorer closes the texts too */
  constructor(texts: ModelTexts, engine: RewardEngine, { ownsTexts }: { ownsTexts: boolean }) {
    this.#texts = texts;
    this.#engine = engine;
    this.#ownsTexts = ownsTexts;
  }

  /** The ranking or the error of each row, in row order. Each is yielded as soon as it and all before it are known. */
  async *rankings(rows: AsyncIterable<Row | RowError>, options: RankOptions): AsyncGenerator<Ranking | RowError> {
    yield* inOrder(rows, (row) => this.#outcome(row, options), this.#engine.rowsAhead, options.stop);
    await this.#engine.finish?.();
  }

  /** A remark for users on how the model is run, if there is one. */
  get note(): string | undefined {
    return this.#engine.note;
  }

  /** Closes the engine; rows that are not scored yet are dropped. */
  async close(): Promise<void> {
    await this.#engine.close();
    if (this.#ownsTexts) await this.#texts.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #outcome(row: Row | RowError, options: RankOptions): Promise<Ranking | RowError> {
    if (row instanceof RowError) return row;
    try {
      return await this.#rank(row, options);
    } catch (error) {
      const placed = located(error, row);
      if (placed instanceof RowError) return placed;
      throw placed;
    }
  }

  async #rank(row: Row, { keep, temperature, onScored, known }: RankOptions): Promise<Ranking> {
    const found = await known?.(row);
    if (found !== undefined) return rankingOfKnown(row, found, keep, temperature);
    const start = performance.now();
    const encoded = await this.#texts.encode(row);
    const between = performance.now();
    const { rewards, tokens } = await this.#engine.score(encoded);
    const seconds = { encode: (between - start) / 1000, engine: (performance.now() - between) / 1000 };
    onScored?.({ answers: rewards.length, tokens, seconds });
    return rankingOf(row, encoded.answers, rewards, keep, temperature);
  }
}
