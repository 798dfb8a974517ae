import { located } from '../../contracts/located.js';
import type { EncodedRow } from '../../contracts/reward-engine.js';
import type { Row } from '../../contracts/row.js';
import type { TextModel } from '../../model/folder.js';
import type { ModelTexts } from '../../model/texts/model-texts.js';
import { type Explanation, explanation } from './plan/explanation.js';
import type { Plan } from './plan/plan-types.js';
import { type ReadoutOptions, RowPlanner } from './row-planner.js';

/** A row's ids and the local engine's plan for them. */
export interface PlannedRow {
  encoded: EncodedRow;
  plan: Plan;
}

/** Plans and explains rows without running the model, for `--explain`, `--dry-run` and `doctor`. Rows are planned in order. */
export class RowPlans {
  readonly model: TextModel;
  readonly texts: ModelTexts;
  readonly #planner: RowPlanner;

  /** @throws StarlingError E_USAGE for the readout `card` where the graph was converted without it */
  constructor(model: TextModel, texts: ModelTexts, options: ReadoutOptions) {
    this.model = model;
    this.texts = texts;
    this.#planner = new RowPlanner(model, options);
  }

  /** Encodes and plans a row. @throws RowError E_PROMPT, located, when the template cannot render the conversation */
  async plan(row: Row): Promise<PlannedRow> {
    const encoded = await this.texts.encode(row);
    return { encoded, plan: this.#planner.plan(encoded.answers) };
  }

  /** The plan of a row in readable form. @throws RowError as `plan` */
  async explain(row: Row): Promise<Explanation> {
    const { encoded, plan } = await this.plan(row);
    try {
      return explanation(row, await encoded.texts(), encoded.answers, plan);
    } catch (error) {
      throw located(error, row);
    }
  }

  async close(): Promise<void> {
    await this.texts.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
