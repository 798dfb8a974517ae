import { StarlingError } from '../../contracts/errors.js';
import type { EncodedRow, RewardEngine, RowRewards } from '../../contracts/reward-engine.js';
import { checkWeights, type ModelFolder } from '../../model/folder.js';
import { type PoolOptions, RewardPool } from './pool.js';
import { type ReadoutOptions, RowPlanner } from './row-planner.js';

/** Encoded rows in the queue for each worker, so that no worker waits for the main thread. */
const ROWS_AHEAD = 4;

export interface LocalOptions extends ReadoutOptions, PoolOptions {
  /** Index of the reward among the logits of an external model. */
  logit?: number;
  /** Id of the token between the two texts of a pair, for external models with `token_type_ids`. */
  separatorId?: number;
}

/**
 * Runs a model folder in ONNX Runtime sessions on this machine. The common prefix of a row's answers is computed once (`plan/`). The bits
 * of a reward do not depend on batch, order, workers or threads.
 */
export class LocalEngine implements RewardEngine {
  readonly rowsAhead: number;
  readonly #planner: RowPlanner;
  readonly #pool: RewardPool;

  /**
   * Opens the engine. A worker loads the model while this thread checks the digests of the weights.
   * @throws StarlingError E_MODEL when a file is damaged or the graph is unsupported, E_USAGE when readout or logit do not fit the model,
   *   E_ENGINE when the runtime cannot load it, E_DEVICE when the device cannot run it
   */
  static async open(model: ModelFolder, options: LocalOptions): Promise<LocalEngine> {
    const planner = new RowPlanner(model, options);
    const loading = RewardPool.open({ ...model, external: externalOf(model, options) }, options);
    // The digest check names a damaged file better than the runtime's error does, so it is reported first.
    loading.catch(() => {});
    try {
      await checkWeights(model);
      return new LocalEngine(planner, await loading, ROWS_AHEAD * options.workers);
    } catch (error) {
      await loading.then(
        (pool) => pool.close(),
        () => {},
      );
      throw error;
    }
  }

  private constructor(planner: RowPlanner, pool: RewardPool, rowsAhead: number) {
    this.#planner = planner;
    this.#pool = pool;
    this.rowsAhead = rowsAhead;
  }

  get note(): string | undefined {
    return this.#pool.note;
  }

  async score({ answers }: EncodedRow): Promise<RowRewards> {
    const plan = this.#planner.plan(answers);
    const rewards = await this.#pool.score(plan);
    return { rewards: plan.suffixOf.map((suffix) => rewards[suffix]), tokens: plan.tokens };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** The settings of an external model, completed by flags and template. */
function externalOf({ external, folder }: ModelFolder, { logit, separatorId }: LocalOptions): ModelFolder['external'] {
  if (external !== undefined) return { ...external, logit, separatorId };
  if (logit === undefined) return undefined;
  throw new StarlingError(
    'E_USAGE',
    '--logit is for external models, and this model was made by convert; drop --logit',
    { file: folder },
  );
}
