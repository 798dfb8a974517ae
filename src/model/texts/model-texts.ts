import { located } from '../../contracts/located.js';
import type { EncodedRow } from '../../contracts/reward-engine.js';
import type { Row } from '../../contracts/row.js';
import type { TextModel } from '../folder.js';
import type { Texts } from './questions.js';
import type { TextOptions } from './text-options.js';
import { TextThread, type ThreadOptions } from './thread.js';

/** Encodes rows for one model, with its template and its tokenizer in a worker thread. */
export class ModelTexts {
  /** Id of the token after which token types change from 0 to 1 in a pair; absent for templates without token types. */
  readonly separatorId: number | undefined;
  readonly #thread: TextThread;

  /**
   * Reads the tokenizer and the chat template, if one is used.
   * @throws StarlingError E_MODEL, E_TEMPLATE, E_NO_INPUT
   */
  static async open(model: TextModel, options: TextOptions, thread?: ThreadOptions): Promise<ModelTexts> {
    return ModelTexts.of(new TextThread(model.folder, options, thread));
  }

  /** As `open`, with a thread that exists already. Closing the ModelTexts closes the thread. */
  static async of(thread: TextThread): Promise<ModelTexts> {
    try {
      const { separatorId } = await thread.ask('open', null);
      return new ModelTexts(thread, separatorId);
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  private constructor(thread: TextThread, separatorId: number | undefined) {
    this.#thread = thread;
    this.separatorId = separatorId;
  }

  /**
   * Encodes a row for an engine. Concurrent calls settle in the order of the calls.
   * @throws RowError E_PROMPT with the row's place if the template cannot render the conversation
   */
  async encode(row: Row): Promise<EncodedRow> {
    try {
      const answers = await this.#thread.ask('encode', textsOf(row));
      return { answers, texts: () => this.#thread.ask('texts', textsOf(row)) };
    } catch (error) {
      throw located(error, row);
    }
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function textsOf({ conversation, answers }: Row): Texts {
  return { conversation, answers: answers.map(({ text }) => text) };
}
