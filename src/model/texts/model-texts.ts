import { located } from '../../contracts/located.js';
import type { EncodedRow } from '../../contracts/reward-engine.js';
import type { Row } from '../../contracts/row.js';
import type { ModelFolder } from '../folder.js';
import type { Texts } from './questions.js';
import type { TextOptions } from './text-options.js';
import { TextThread, type ThreadOptions } from './thread.js';

/** How texts are made for one model: its template and its tokenizer, in a thread of their own. */
export class ModelTexts {
  /** Id of the token between the two texts of a pair; absent where the template makes one text, or pairs of one kind. */
  readonly separatorId: number | undefined;
  readonly #thread: TextThread;

  /**
   * Reads the tokenizer and the chat template, if one is used.
   * @throws StarlingError E_MODEL, E_TEMPLATE, E_NO_INPUT
   */
  static async open(model: ModelFolder, options: TextOptions, thread?: ThreadOptions): Promise<ModelTexts> {
    return ModelTexts.of(new TextThread(model.folder, options, thread));
  }

  /** The same in a thread that something was asked of before. The thread is closed with this. */
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
   * A row as engines get it. Of several rows that are asked for at a time the first is the first to be ready.
   * @throws RowError E_PROMPT, located, when the template has no way to write the conversation
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
