import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { RowError, StarlingError, stoppedBy } from '../../contracts/errors.js';
import { CHAT_TEMPLATE } from '../../template/templates.js';
import { startWorker } from '../../threads/start-worker.js';
import {
  DOING,
  type FromTextWorker,
  type Problem,
  type Questions,
  type Texts,
  type TextWorkerStart,
  type ToTextWorker,
} from './questions.js';
import type { TextOptions } from './text-options.js';

/**
 * Timeout in seconds for a request. An ordinary row takes a thousandth of a second, and a million characters take at most one second.
 * So even on a busy machine, only a computation that does not end takes so long.
 */
const PATIENCE = 60;

/** Additional seconds for each character. */
const PATIENCE_A_CHARACTER = 60e-6;

/** Timeout in seconds after a first stop signal. */
const PATIENCE_WHEN_STOPPED = 5;

/**
 * Heap limits in megabytes. With the default for young objects the heap would grow by 40. The limit for old objects ends runaway templates.
 */
const HEAP = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 2048 };

export interface ThreadOptions {
  interrupted?: AbortSignal;
  /** Milliseconds that count as a second. */
  second?: number;
  /** See `kept` of TextWorkerStart. */
  kept?: TextWorkerStart['kept'];
}

type Given = Exclude<FromTextWorker, { begun: true }>;

interface Pending {
  question: ToTextWorker;
  resolve(given: unknown): void;
  reject(error: unknown): void;
}

/**
 * Runs template and tokenizer of a model folder in a worker thread. Both are untrusted: an endless loop in a template, or a regular
 * expression with endless backtracking, must not block signals in the main thread. Only a thread can be terminated at any point together
 * with its state. It is terminated if a request exceeds its timeout or the heap limit.
 */
export class TextThread {
  readonly #start: TextWorkerStart;
  readonly #interrupted: AbortSignal | undefined;
  readonly #second: number;
  readonly #pending: Pending[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waited = 0;
  #hasBegun = false;

  constructor(folder: string, options: TextOptions, { interrupted, second = 1000, kept }: ThreadOptions = {}) {
    this.#start = { folder, options, kept, doing: new Int32Array(new SharedArrayBuffer(4)) };
    this.#interrupted = interrupted;
    this.#second = second;
  }

  /**
   * Sends a request to the worker. Answers come in the order of the requests.
   * @throws RowError, StarlingError of the stages; after a timeout RowError E_PROMPT for texts, else StarlingError E_TEMPLATE, E_MODEL
   */
  ask<Kind extends keyof Questions>(kind: Kind, asked: Questions[Kind]['asked']): Promise<Questions[Kind]['given']> {
    const question = { kind, asked } as ToTextWorker;
    return new Promise((resolve, reject) => {
      this.#pending.push({ question, resolve: resolve as (given: unknown) => void, reject });
      this.#worker ??= this.#started();
      this.#worker.postMessage(question);
      this.#watch();
    });
  }

  /** Terminates the thread. Promises of pending requests never settle. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#pending.length = 0;
    await this.#ended();
  }

  #started(): Worker {
    const worker = startWorker(new URL('./worker.js', import.meta.url), {
      workerData: this.#start,
      resourceLimits: HEAP,
    });
    this.#hasBegun = false;
    worker.on('message', (message: FromTextWorker) => {
      // A late message of a terminated thread does not answer a request to the next one.
      if (worker !== this.#worker) return;
      if ('begun' in message) this.#hasBegun = true;
      else this.#settle(message);
    });
    worker.on('error', (cause: NodeJS.ErrnoException) => this.#failed(worker, cause));
    return worker;
  }

  /**
   * Keeps the process alive while a request is pending. An interval counts the seconds, so that time in which the process was suspended
   * does not count.
   */
  #watch(): void {
    this.#worker?.ref();
    if (this.#timer !== undefined) return;
    this.#waited = 0;
    this.#timer = setInterval(() => this.#tick(), this.#second);
  }

  #rest(): void {
    this.#waited = 0;
    if (this.#pending.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#worker?.unref();
  }

  #settle(message: Given): void {
    const first = this.#pending.shift();
    this.#rest();
    if ('given' in message) first?.resolve(message.given);
    else first?.reject(errorOf(message.problem));
  }

  #tick(): void {
    if (!this.#hasBegun) return;
    const [first] = this.#pending;
    const isStopped = this.#interrupted?.aborted ?? false;
    const most = isStopped ? PATIENCE_WHEN_STOPPED : patience(first.question);
    if (++this.#waited < most) return;
    const error =
      this.#interrupted && isStopped
        ? stoppedBy(this.#interrupted, `stopped while ${this.#what()} was running`)
        : this.#unending(first.question, `did not finish within ${Math.round(most)} s`);
    this.#again(error);
  }

  #failed(worker: Worker, cause: NodeJS.ErrnoException): void {
    if (worker !== this.#worker || this.#pending.length === 0) return;
    const isMemory = cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#again(isMemory ? this.#unending(this.#pending[0].question, 'takes too much memory') : cause);
  }

  /** Rejects the first request, and sends the others to a new thread, as the old one is terminated. */
  #again(error: unknown): void {
    this.#ended().catch(() => {});
    const first = this.#pending.shift();
    this.#rest();
    if (this.#pending.length > 0) this.#askAgain();
    first?.reject(error);
  }

  #askAgain(): void {
    try {
      this.#worker = this.#started();
      for (const { question } of this.#pending) this.#worker.postMessage(question);
    } catch (error) {
      for (const { reject } of this.#pending.splice(0)) reject(error);
      this.#rest();
    }
  }

  async #ended(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #isTemplate(): boolean {
    return Atomics.load(this.#start.doing, 0) === DOING.template;
  }

  #what(): string {
    return this.#isTemplate() ? 'the chat template' : 'the tokenizer';
  }

  #unending({ kind }: ToTextWorker, problem: string): StarlingError {
    const { folder, options } = this.#start;
    const isOwn = options.template !== CHAT_TEMPLATE && options.templateFile === undefined;
    const template = options.templateFile ?? folder;
    const file = this.#isTemplate() && !isOwn ? template : join(folder, 'tokenizer.json');
    // A RowError's place is in the input, so the message names the file of the model.
    if (kind === 'encode' || kind === 'texts')
      return new RowError('E_PROMPT', `${this.#what()} (${file}) ${problem} on this row`, { field: 'conversation' });
    return new StarlingError(this.#isTemplate() ? 'E_TEMPLATE' : 'E_MODEL', `${this.#what()} ${problem}`, { file });
  }
}

function patience(question: ToTextWorker): number {
  const isOfRow = question.kind === 'encode' || question.kind === 'texts';
  return PATIENCE + (isOfRow ? PATIENCE_A_CHARACTER * characters(question.asked) : 0);
}

/** Characters of all texts of a row. The prompt counts once for each answer. */
function characters({ conversation, answers }: Texts): number {
  const prompt = conversation.reduce((sum, { text }) => sum + text.length, 0);
  return answers.reduce((sum, { length }) => sum + prompt + length, 0);
}

function errorOf({ code, message, stack, place, isOfRow }: Problem): Error {
  if (code === undefined) return Object.assign(new Error(message), { stack });
  return isOfRow ? new RowError(code, message, place) : new StarlingError(code, message, place);
}
