import { tokenizerFacts } from './convert/tokenizer-facts.js';
import { Encoder } from './encode/encoder.js';
import { loadTokenizer, type TextTokenizer } from './encode/tokenizer.js';
import { RowError, StarlingError } from './errors.js';
import { isForeignFolder, openForeignFolder } from './infer/foreign-folder.js';
import { inOrder } from './infer/in-order.js';
import { type ModelFolder, openModelFolder } from './infer/model-folder.js';
import { RewardPool } from './infer/pool.js';
import type { Dtype, Readout } from './model-files.js';
import { planRow, planWhole } from './plan/plan.js';
import { rankingOf } from './rank/ranking.js';
import { makeTemplate, separatorOf } from './template/templates.js';
import type { Card, Device, EncodedAnswer, Foreign, Plan, Ranking, Row, Template } from './types.js';

/** Rows that are encoded and waiting, a worker: enough that no worker ever waits for this thread. */
const ROWS_AHEAD = 4;

/** What is undefined comes from the model folder. */
export interface ScorerOptions {
  model: string;
  dtype?: Dtype;
  template?: string;
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

/** The first part of the way of a row: template -> encode -> plan. Nothing is computed with the model. */
export class Planner {
  readonly model: ModelFolder;
  readonly #encoder: Encoder;
  readonly #card: Card | undefined;

  /** @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE */
  static async open(options: ScorerOptions): Promise<Planner> {
    const opened = await openFolder(options);
    const template = templateOf(opened, options);
    const tokenizer = await loadTokenizer(opened.folder);
    const model = { ...opened, foreign: foreignOf(opened, options, tokenizer, template) };
    const maxLength = checkedLength(options.maxLength ?? model.maxLength, model);
    const card = cardOf(options.readout ?? model.readout, model, maxLength);
    const encoder = new Encoder(tokenizer, {
      template,
      maxLength,
      addBos: await addsBos(model),
      allowSpecial: options.allowSpecial,
    });
    return new Planner(model, encoder, card);
  }

  private constructor(model: ModelFolder, encoder: Encoder, card: Card | undefined) {
    this.model = model;
    this.#encoder = encoder;
    this.#card = card;
  }

  /** @throws RowError E_PROMPT, located, when the template has no way to write the conversation */
  plan(row: Row): PlannedRow {
    try {
      const answers = row.answers.map(({ text }) => text);
      const encoded = this.#encoder.encodeRow(row.conversation, answers);
      return { encoded, plan: this.model.foreign ? planWhole(encoded) : planRow(encoded, this.#card) };
    } catch (error) {
      throw located(error, row);
    }
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

  /** @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE, E_ENGINE */
  static async open(options: ScorerOptions): Promise<Scorer> {
    return Scorer.of(await Planner.open(options), options);
  }

  /** @throws StarlingError E_ENGINE */
  static async of(planner: Planner, options: ScorerOptions): Promise<Scorer> {
    return new Scorer(planner, await RewardPool.open(planner.model, options), ROWS_AHEAD * options.workers);
  }

  private constructor(planner: Planner, pool: RewardPool, ahead: number) {
    this.#planner = planner;
    this.#pool = pool;
    this.#ahead = ahead;
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
    const { encoded, plan } = this.#planner.plan(row);
    const rewards = await this.#pool.score(plan);
    onScored?.(plan);
    const ofAnswers = plan.suffixOf.map((suffix) => rewards[suffix]);
    return rankingOf(row, encoded, ofAnswers, keep);
  }
}

/** An error about a row, with its place and what stood there; any other as it is. */
function located(error: unknown, { place, record }: Row): unknown {
  if (!(error instanceof RowError) || error.refused !== undefined) return error;
  const told = new RowError(error.code, error.message, { ...place, ...error.place }, error);
  told.refused = { record };
  return told;
}

/** A folder that `convert` made, or one that other tools did. @throws StarlingError E_MODEL */
export async function openFolder({ model, dtype }: ScorerOptions): Promise<ModelFolder> {
  return (await isForeignFolder(model)) ? openForeignFolder(model, dtype) : openModelFolder(model, dtype);
}

/** @throws StarlingError E_MODEL */
export async function addsBos({ folder, addBos }: ModelFolder): Promise<boolean> {
  return addBos ?? (await tokenizerFacts(folder)).addsBos;
}

/** @throws StarlingError E_TEMPLATE, E_USAGE when nothing says what the template is */
export function templateOf(model: ModelFolder, { template, system, trim }: ScorerOptions): Template {
  const name = template ?? model.template;
  if (name === undefined) {
    const problem = 'the files of this model do not say how texts are made for it; name its template with --template';
    throw new StarlingError('E_USAGE', problem, { file: model.folder });
  }
  return makeTemplate({
    name,
    system: system ?? model.system,
    trim: trim ?? model.trim,
  });
}

function foreignOf(
  { foreign, folder }: ModelFolder,
  { logit }: ScorerOptions,
  tokenizer: TextTokenizer,
  template: Template,
): Foreign | undefined {
  if (foreign === undefined) {
    if (logit === undefined) return undefined;
    throw new StarlingError('E_USAGE', 'this model gives one reward; drop --logit', { file: folder });
  }
  const separator = separatorOf(template);
  return { ...foreign, logit, separatorId: separator === undefined ? undefined : tokenizer.token(separator).id };
}

function cardOf(readout: Readout, { card, folder }: ModelFolder, maxLength: number): Card | undefined {
  if (readout !== 'card') return undefined;
  if (card) return { ...card, maxLength };
  const problem = 'this model cannot be read as by its card; convert the checkpoint again with --readout card';
  throw new StarlingError('E_USAGE', problem, { file: folder });
}

function checkedLength(maxLength: number, { maxPositions, folder }: ModelFolder): number {
  if (maxLength <= maxPositions) return maxLength;
  const problem = `a maximum length of ${maxLength} tokens is more than the ${maxPositions} positions of the model`;
  throw new StarlingError('E_USAGE', problem, { file: folder });
}
