import { RowError } from '../contracts/errors.js';
import type { Ranking } from '../contracts/ranking.js';
import type { Row } from '../contracts/row.js';
import type { RowPlace } from './records/row-place.js';

/** Rows that are held because no ranking has asked for them yet, and how many of these may be behind the place of a ranking's row. */
const MOST_HELD = 200;
const MOST_BEHIND = 100;

/**
 * Finds the rows of rankings in the input that was scored. A row belongs to a ranking with its `prompt_id`, and with its `id` or, where
 * the ranking has no `id`, its `index`. Both have to be in the same order, so that memory does not grow: at most 200 rows are held. Rows
 * that no ranking asks for are passed over. A ranking without a row is an error of its own, which loses no other unless the input lacks
 * more than 100 rows in succession.
 */
export class RowJoin {
  readonly #rows: AsyncIterator<Row | RowError>;
  readonly #name: string;
  #held: Row[] = [];
  #isEnded = false;
  /** Index of the last joined row less that of its ranking: not 0 if the rankings are those of another numbering of the rows. */
  #offset = 0;
  #joined = 0;
  #passedOver = 0;
  #refused = 0;

  /** @param name of the input, for messages */
  constructor(rows: AsyncIterable<Row | RowError>, name: string) {
    this.#rows = rows[Symbol.asyncIterator]();
    this.#name = name;
  }

  /** Rows that were joined, that were passed over, and that could not be read and were passed over too. */
  get counts(): { joined: number; passedOver: number; refused: number } {
    return { joined: this.#joined, passedOver: this.#passedOver + this.#held.length, refused: this.#refused };
  }

  /** @throws RowError E_FIELD if there is no such row, or if it comes before the row of an earlier ranking */
  async rowOf(ranking: Ranking, place: RowPlace): Promise<Row> {
    let at = this.#held.findIndex((row) => isRowOf(row, ranking));
    while (at === -1 && !this.#isEnded && this.#mayComeLater(ranking)) {
      await this.#readRow();
      const last = this.#held.at(-1);
      if (last !== undefined && isRowOf(last, ranking)) at = this.#held.length - 1;
    }
    if (at === -1) throw this.#withoutRow(ranking, place);
    const row = this.#held[at];
    this.#held = this.#held.slice(at + 1);
    this.#offset = row.index - ranking.index;
    this.#passedOver += at;
    this.#joined++;
    return row;
  }

  /** Ends the reading of the rows. */
  async close(): Promise<void> {
    await this.#rows.return?.();
  }

  #mayComeLater({ index }: Ranking): boolean {
    const [first] = this.#held;
    return this.#held.length < MOST_HELD || first.index + MOST_BEHIND < index + this.#offset;
  }

  async #readRow(): Promise<void> {
    const { done, value } = await this.#rows.next();
    if (done) this.#isEnded = true;
    else if (value instanceof RowError) this.#refused++;
    else this.#held.push(value);
    if (this.#held.length > MOST_HELD) {
      this.#held.shift();
      this.#passedOver++;
    }
  }

  #withoutRow({ prompt_id, id, index }: Ranking, place: RowPlace): RowError {
    const key = id === undefined ? `index ${index}` : `id ${JSON.stringify(id)}`;
    const problem = `no row of ${this.#name} has prompt_id ${JSON.stringify(prompt_id)} and ${key}, or it stands before the row of an earlier ranking`;
    const remedy = 'give the input that was scored, in the order of the rankings';
    return new RowError('E_FIELD', `${problem}; ${remedy}`, { ...place, field: 'prompt_id' });
  }
}

function isRowOf(row: Row, { prompt_id, id, index }: Ranking): boolean {
  if (row.promptId !== prompt_id) return false;
  return id === undefined ? row.index === index : row.id === id;
}
