import { StarlingError } from '../../contracts/errors.js';
import type { EncodedRow, RewardEngine, RowRewards } from '../../contracts/reward-engine.js';
import { checkWeights, type ModelFolder } from '../../model/folder.js';
import { type PoolOptions, RewardPool } from './pool.js';
import { type ReadoutOptions, RowPlanner } from './row-planner.js';

/** Rows that are encoded and wait, for each worker: enough that no worker ever waits for the main thread. */
const ROWS_AHEAD = 4;

export interface LocalOptions extends ReadoutOptions, PoolOptions {
  /** Which of an external model's logits is the reward. */
  logit?: number;
  /** Id of the token between the two texts of a pair, for external models that tell them apart. */
  separatorId?: number;
}

/**
 * Runs a model folder in ONNX Runtime sessions on this machine. What the answers of a row share is computed once, by `plan/`, and no
 * bit of a reward depends on batch, order, workers or threads.
 */
export class LocalEngine implements RewardEngine {
  readonly rowsAhead: number;
  readonly #planner: RowPlanner;
  readonly #pool: RewardPool;

  /**
   * Workers load the model while this thread checks the weights against their digests.
   * @throws StarlingError E_MODEL, E_USAGE, E_ENGINE, E_DEVICE
   */
  static async open(model: ModelFolder, options: LocalOptions): Promise<LocalEngine> {
    const planner = new RowPlanner(model, options);
    const loading = RewardPool.open({ ...model, external: externalOf(model, options) }, options);
    // A damaged file is a better reason than what the runtime makes of it.
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

/** How an external graph is run, with what only the flags, the tokenizer and the template say. */
function externalOf({ external, folder }: ModelFolder, { logit, separatorId }: LocalOptions): ModelFolder['external'] {
  if (external !== undefined) return { ...external, logit, separatorId };
  if (logit === undefined) return undefined;
  throw new StarlingError('E_USAGE', 'this model gives one reward; drop --logit', { file: folder });
}
