import { StarlingError } from '../../contracts/errors.js';
import { partialOf } from '../../write/files/new-file.js';
import type { Unfinished } from '../../write/files/output.js';
import { ClosedPipe } from '../../write/files/write-all.js';
import type { Console } from './console/console.js';

/** What takes one item after the other, and has to be brought to an end. */
interface Writer<Item> extends Unfinished {
  write(item: Item): Promise<void>;
  pause?(): Promise<void>;
}

/** One output of a command. */
export interface Writing<Item> {
  write(item: Item): Promise<void>;
  /** Holds no place until it is written to, where it has not been. */
  pause(): Promise<void>;
  /** All is written: a file lacks only its name. @returns where it is */
  prepare(): Promise<string | undefined>;
  /** All is written: a file gets its name. */
  commit(): Promise<void>;
}

/**
 * The outputs of a command. At their disposal those that are not committed are abandoned, the last that was added first: what was
 * written is kept where it is, and told. A standard output that was closed is no failure, unless a file that was asked for is not
 * committed and so stays incomplete: then writing throws E_WRITE for the file.
 */
export class Outputs implements AsyncDisposable {
  readonly #interrupted: AbortSignal;
  readonly #console: Console;
  /** Those that are not committed, in the order in which they were added. */
  #open: readonly Unfinished[] = [];
  readonly #recorded = new Map<Unfinished, () => boolean>();

  constructor(interrupted: AbortSignal, console: Console) {
    this.#interrupted = interrupted;
    this.#console = console;
  }

  /** @param isRecorded whether a later run can go on with what is left of it */
  add<Item>(output: Writer<Item>, { isRecorded = () => false }: { isRecorded?(): boolean } = {}): Writing<Item> {
    this.#open = [...this.#open, output];
    this.#recorded.set(output, isRecorded);
    return {
      write: (item) => this.unlessClosed(output.write(item)),
      pause: async () => output.pause?.(),
      prepare: () => this.unlessClosed(output.prepare()),
      commit: () => this.#commit(output),
    };
  }

  /** Writes to one of the outputs. @throws StarlingError E_WRITE in place of ClosedPipe if a file stays incomplete */
  async unlessClosed<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      const { file } = this.#open.findLast((output) => output.file !== undefined) ?? {};
      if (!(error instanceof ClosedPipe) || file === undefined) throw error;
      throw new StarlingError('E_WRITE', 'standard output was closed before this was complete', { file });
    }
  }

  /** What stops the writing: a signal, or that one of the outputs which are open now is no longer where it was made. */
  get stopped(): AbortSignal {
    return AbortSignal.any([this.#interrupted, ...this.#open.flatMap(({ lost }) => lost ?? [])]);
  }

  /** Commits those that are not committed yet, the last that was added first. */
  async commit(): Promise<void> {
    for (const output of this.#open.toReversed()) await this.#commit(output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const output of this.#open.toReversed()) {
      // The error that led here is reported, not this one.
      const kept = await output.abandon().catch(() => undefined);
      if (kept === undefined) continue;
      const isInPlace = output.file !== undefined && kept === partialOf(output.file);
      const more = isInPlace && this.#recorded.get(output)?.() ? '; --resume goes on with it' : '';
      this.#console.insist(`what was written so far is kept in ${kept}${more}`, {
        level: 'error',
        event: 'kept',
        file: kept,
      });
    }
  }

  async #commit(output: Unfinished): Promise<void> {
    await this.unlessClosed(output.finish());
    this.#open = this.#open.filter((one) => one !== output);
  }
}
