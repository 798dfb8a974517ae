import { StarlingError } from '../../contracts/errors.js';
import type { EncodedAnswer } from '../../contracts/text.js';
import type { Readout } from '../../model/files.js';
import type { TextModel } from '../../model/folder.js';
import { planRow, planWhole, type ReadBy } from './plan/plan.js';
import type { Plan } from './plan/plan-types.js';

export interface ReadoutOptions {
  /** Default: the model's. */
  readout?: Readout;
  /** Maximum tokens of a text. */
  maxLength: number;
}

/** Plans rows in order. A plan reuses the cached prefix of the row before. Planning does not run the model. */
export class RowPlanner {
  readonly #by: ReadBy;
  readonly #isExternal: boolean;
  #before: Plan | undefined;

  /** @throws StarlingError E_USAGE for the readout `card` where the graph was converted without it */
  constructor(model: TextModel, { readout, maxLength }: ReadoutOptions) {
    this.#by = readBy(readout ?? model.readout, model, maxLength);
    this.#isExternal = model.external !== undefined;
  }

  /** The plan of the next row. @param answers at least one, each with at least one id */
  plan(answers: readonly EncodedAnswer[]): Plan {
    this.#before = this.#isExternal ? planWhole(answers) : planRow(answers, this.#by, this.#before);
    return this.#before;
  }
}

function readBy(readout: Readout, { card, padId, folder }: TextModel, maxLength: number): ReadBy {
  if (readout === 'last-token') return { padId };
  if (card) return { card: { ...card, maxLength } };
  const problem = 'this model has no readout card; convert the checkpoint again with --readout card';
  throw new StarlingError('E_USAGE', problem, { file: folder });
}
