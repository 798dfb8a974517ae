import { join, resolve } from 'node:path';
import { type Place, RowError, StarlingError } from '../contracts/errors.js';
import type { Ranking } from '../contracts/ranking.js';
import type { Row } from '../contracts/row.js';
import type { EncodedAnswer } from '../contracts/text.js';
import type { Device } from '../engines/local/device.js';
import { type Explanation, explanation } from '../engines/local/plan/explanation.js';
import { planRow, planWhole, type ReadBy } from '../engines/local/plan/plan.js';
import type { Plan } from '../engines/local/plan/plan-types.js';
import { RewardPool } from '../engines/local/pool.js';
import { graphOf, isForeignFolder, openForeignFolder } from '../model/external-folder.js';
import { CHAT_TEMPLATE, type Dtype, type Readout } from '../model/files.js';
import { checkWeights, graphOfModel, type ModelFolder, openModelFolder } from '../model/folder.js';
import { graphBytes } from '../model/graph/graph-bytes.js';
import type { Foreign } from '../model/graph-contract.js';
import { knownRepository } from '../model/known-models.js';
import type { Texts } from '../model/texts/questions.js';
import type { TextOptions } from '../model/texts/stages.js';
import { TextThread } from '../model/texts/thread.js';
import { tokenizerFacts } from '../model/tokenizer-facts.js';
import { rankingOf } from '../rank/ranking.js';
import { inOrder } from './in-order.js';

/** Rows that are encoded and waiting, a worker: enough that no worker ever waits for this thread. */
const ROWS_AHEAD = 4;

/** What is undefined comes from the model folder. */
export interface ScorerOptions {
  model: string;
  dtype?: Dtype;
  template?: string;
  /** A chat template in Jinja, in place of `template`. */
  templateFile?: string;
  system?: string;
  trim?: boolean;
  readout?: Readout;
  /** Tokens. */
  maxLength?: number;
  /** Whether special tokens spelt in a prompt or an answer become special tokens. */
  allowSpecial: boolean;
  workers: number;
  threads: number;
  device?: Device;
  /** Which of a foreign model's logits is the reward. */
  logit?: number;
  /** Ends what is loaded or encoded, if it takes long. */
  interrupted?: AbortSignal;
}

export interface RankOptions {
  /** Whether a ranking carries the fields of the row's record. */
  keep: boolean;
  /** Called when no more rows are wanted: whatever feeds them should end. */
  stop(): void;
  /** Called for each row that was scored. */
  onScored?(plan: Plan): void;
}

/** What is to be computed for a row. */
export interface PlannedRow {
  encoded: EncodedAnswer[];
  plan: Plan;
}

/**
 * A folder that `convert` made, or one that other tools did, which may be called like a repository that is known.
 * @throws StarlingError E_MODEL
 */
export async function openFolder({ model, dtype }: Pick<ScorerOptions, 'model' | 'dtype'>): Promise<ModelFolder> {
  if (!(await isForeignFolder(model))) return openModelFolder(model, dtype);
  const foreign = await openForeignFolder(model, dtype);
  const { addsBos } = await tokenizerFacts(model);
  const {
    template = foreign.template,
    maxLength = foreign.maxLength,
    addBos = addsBos,
  } = knownRepository(resolve(model)) ?? {};
  return { ...foreign, template, maxLength: Math.min(maxLength, foreign.maxPositions), addBos };
}

/** Bytes of the graph that `openFolder` would take, with its weights; 0 where it takes none, which is told then. */
export async function modelBytes({ model, dtype }: Pick<ScorerOptions, 'model' | 'dtype'>): Promise<number> {
  try {
    const foreign = (await isForeignFolder(model)) ? await graphOf(model, dtype) : undefined;
    return await graphBytes(foreign?.graph ?? (await graphOfModel(model, dtype)));
  } catch (error) {
    if (error instanceof StarlingError) return 0;
    throw error;
  }
}

/**
 * How texts become ids: as was asked for, else as the model folder says.
 * @throws StarlingError E_USAGE for a length that the model has no positions for, and when nothing says what the template is
 */
export function textOptions(model: ModelFolder, options: ScorerOptions): TextOptions {
  return {
    template: templateName(model, options),
    templateFile: options.templateFile,
    system: options.system ?? model.system,
    trim: options.trim ?? model.trim,
    maxLength: checkedLength(options.maxLength ?? model.maxLength, model),
    addBos: model.addBos,
    allowSpecial: options.allowSpecial,
    place: options.template === undefined ? rewardFileOf(model) : undefined,
  };
}

function rewardFileOf({ folder, foreign }: ModelFolder): Place | undefined {
  return foreign ? undefined : { file: join(folder, 'reward.json'), field: 'template' };
}

/** The first part of the way of a row: template -> encode -> plan. Nothing is computed with the model. */
export class Planner {
  readonly model: ModelFolder;
  readonly #texts: TextThread;
  readonly #by: ReadBy;
  #before: Plan | undefined;

  /** @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE */
  static async open(options: ScorerOptions): Promise<Planner> {
    return Planner.of(await openFolder(options), options);
  }

  /** @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE */
  static async of(model: ModelFolder, options: ScorerOptions): Promise<Planner> {
    const text = textOptions(model, options);
    const by = readBy(options.readout ?? model.readout, model, text.maxLength);
    const texts = new TextThread(model.folder, text, { interrupted: options.interrupted });
    try {
      const { separatorId } = await texts.ask('open', null);
      return new Planner({ ...model, foreign: foreignOf(model, options, separatorId) }, texts, by);
    } catch (error) {
      await texts.close();
      throw error;
    }
  }

  private constructor(model: ModelFolder, texts: TextThread, by: ReadBy) {
    this.model = model;
    this.#texts = texts;
    this.#by = by;
  }

  async close(): Promise<void> {
    await this.#texts.close();
  }

  /**
   * Rows in their order, of which several may be asked for at a time: a plan leaves out what the one before has computed.
   * @throws RowError E_PROMPT, located, when the template has no way to write the conversation
   */
  async plan(row: Row): Promise<PlannedRow> {
    try {
      const encoded = await this.#texts.ask('encode', textsOf(row));
      this.#before = this.model.foreign ? planWhole(encoded) : planRow(encoded, this.#by, this.#before);
      return { encoded, plan: this.#before };
    } catch (error) {
      throw located(error, row);
    }
  }

  /**
   * What `plan` makes of a row, for people.
   * @throws RowError as `plan`
   */
  async explain(row: Row): Promise<Explanation> {
    const { encoded, plan } = await this.plan(row);
    const texts = await this.#texts.ask('texts', textsOf(row));
    return explanation(row, texts, encoded, plan);
  }
}

/**
 * The way of a row: template -> encode -> plan -> infer -> rank. Before it stands `read`, after it `write` or `measure`;
 * a stage knows its input and output and nothing of the others, and this file is the only one that joins them.
 */
export class Scorer {
  readonly #planner: Planner;
  readonly #pool: RewardPool;
  readonly #ahead: number;
  readonly #release: (planner: Planner) => Promise<void>;

  /** @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE, E_ENGINE */
  static async open(options: ScorerOptions): Promise<Scorer> {
    const model = await openFolder(options);
    // Template and tokenizer tell how a foreign graph is run, so they come first.
    const planner = model.foreign && (await Planner.of(model, options));
    const ofIts = async () => planner ?? Planner.of(model, options);
    return Scorer.#loaded(planner?.model ?? model, options, ofIts, (one) => one.close());
  }

  /** @throws StarlingError E_MODEL, E_ENGINE */
  static async of(planner: Planner, options: ScorerOptions): Promise<Scorer> {
    return Scorer.#loaded(
      planner.model,
      options,
      async () => planner,
      async () => {},
    );
  }

  /** Threads load the model and read the tokenizer, then this one checks the weights. */
  static async #loaded(
    model: ModelFolder,
    options: ScorerOptions,
    planner: () => Promise<Planner>,
    release: (planner: Planner) => Promise<void>,
  ): Promise<Scorer> {
    const loading = RewardPool.open(model, options);
    // What is wrong with the folder says more than what the runtime makes of it.
    loading.catch(() => {});
    let ready: Planner | undefined;
    try {
      ready = await planner();
      await checkWeights(model);
      return new Scorer(ready, await loading, ROWS_AHEAD * options.workers, release);
    } catch (error) {
      if (ready) await release(ready);
      await loading.then(
        (pool) => pool.close(),
        () => {},
      );
      throw error;
    }
  }

  private constructor(planner: Planner, pool: RewardPool, ahead: number, release: (planner: Planner) => Promise<void>) {
    this.#planner = planner;
    this.#pool = pool;
    this.#ahead = ahead;
    this.#release = release;
  }

  /** The ranking, or the error, of each row in the order of the rows, as soon as it and those before it are known. */
  rankings(rows: AsyncIterable<Row | RowError>, options: RankOptions): AsyncGenerator<Ranking | RowError> {
    return inOrder(rows, (row) => this.#outcome(row, options), this.#ahead, options.stop);
  }

  /** What people should know of how the model is run. */
  get note(): string | undefined {
    return this.#pool.note;
  }

  /** Ends the workers; rows that are not yet scored are dropped. */
  async close(): Promise<void> {
    await this.#pool.close();
    await this.#release(this.#planner);
  }

  async #outcome(row: Row | RowError, options: RankOptions): Promise<Ranking | RowError> {
    if (row instanceof RowError) return row;
    try {
      return await this.#rank(row, options);
    } catch (error) {
      const told = located(error, row);
      if (told instanceof RowError) return told;
      throw told;
    }
  }

  async #rank(row: Row, { keep, onScored }: RankOptions): Promise<Ranking> {
    const { encoded, plan } = await this.#planner.plan(row);
    const rewards = await this.#pool.score(plan);
    onScored?.(plan);
    const ofAnswers = plan.suffixOf.map((suffix) => rewards[suffix]);
    return rankingOf(row, encoded, ofAnswers, keep);
  }
}

function textsOf({ conversation, answers }: Row): Texts {
  return { conversation, answers: answers.map(({ text }) => text) };
}

/** An error about a row, with its place and what stood there; any other as it is. */
function located(error: unknown, { place, record }: Row): unknown {
  if (!(error instanceof RowError) || error.refused !== undefined) return error;
  const told = new RowError(error.code, error.message, { ...place, ...error.place }, error);
  told.refused = { record };
  return told;
}

function templateName({ template, folder }: ModelFolder, options: ScorerOptions): string {
  const name = options.template ?? template ?? (options.templateFile === undefined ? undefined : CHAT_TEMPLATE);
  if (name !== undefined) return name;
  const problem = 'the files of this model do not say how texts are made for it';
  const remedy = `name its template with --template; ${CHAT_TEMPLATE} is the one in its tokenizer's files`;
  throw new StarlingError('E_USAGE', `${problem}; ${remedy}`, { file: folder });
}

/** How a foreign graph is run, with what only the flags, the tokenizer and the template say: `separatorId` of `TextThread`. */
function foreignOf(
  { foreign, folder }: ModelFolder,
  { logit }: ScorerOptions,
  separatorId: number | undefined,
): Foreign | undefined {
  if (foreign === undefined) {
    if (logit === undefined) return undefined;
    throw new StarlingError('E_USAGE', 'this model gives one reward; drop --logit', { file: folder });
  }
  return { ...foreign, logit, separatorId };
}

function readBy(readout: Readout, { card, padId, folder }: ModelFolder, maxLength: number): ReadBy {
  if (readout === 'last-token') return { padId };
  if (card) return { card: { ...card, maxLength } };
  const problem = 'this model cannot be read as by its card; convert the checkpoint again with --readout card';
  throw new StarlingError('E_USAGE', problem, { file: folder });
}

function checkedLength(maxLength: number, { maxPositions, folder }: ModelFolder): number {
  if (maxLength <= maxPositions) return maxLength;
  const problem = `a maximum length of ${maxLength} tokens is more than the ${maxPositions} positions of the model`;
  throw new StarlingError('E_USAGE', problem, { file: folder });
}
