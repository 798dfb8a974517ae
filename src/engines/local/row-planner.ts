import { StarlingError } from '../../contracts/errors.js';
import type { EncodedAnswer } from '../../contracts/text.js';
import type { Readout } from '../../model/files.js';
import type { ModelFolder } from '../../model/folder.js';
import { planRow, planWhole, type ReadBy } from './plan/plan.js';
import type { Plan } from './plan/plan-types.js';

export interface ReadoutOptions {
  /** Default: the model's. */
  readout?: Readout;
  /** Tokens that texts are cut to. */
  maxLength: number;
}

/** Plans rows one after the other: what the row before has in the cache is not computed again. Nothing is computed here. */
export class RowPlanner {
  readonly #by: ReadBy;
  readonly #isExternal: boolean;
  #before: Plan | undefined;

  /** @throws StarlingError E_USAGE for a readout that the graph was not made for */
  constructor(model: ModelFolder, { readout, maxLength }: ReadoutOptions) {
    this.#by = readBy(readout ?? model.readout, model, maxLength);
    this.#isExternal = model.external !== undefined;
  }

  /** The plan of the next row. @param answers at least one, each with at least one id */
  plan(answers: readonly EncodedAnswer[]): Plan {
    this.#before = this.#isExternal ? planWhole(answers) : planRow(answers, this.#by, this.#before);
    return this.#before;
  }
}

function readBy(readout: Readout, { card, padId, folder }: ModelFolder, maxLength: number): ReadBy {
  if (readout === 'last-token') return { padId };
  if (card) return { card: { ...card, maxLength } };
  const problem = 'this model cannot be read as by its card; convert the checkpoint again with --readout card';
  throw new StarlingError('E_USAGE', problem, { file: folder });
}
