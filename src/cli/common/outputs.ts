import { StarlingError } from '../../contracts/errors.js';
import { partialOf } from '../../write/files/new-file.js';
import type { Unfinished } from '../../write/files/output.js';
import { ClosedPipe } from '../../write/files/write-all.js';
import type { Console } from './console/console.js';

/** A writer of items, which must be finished or abandoned. */
interface Writer<Item> extends Unfinished {
  write(item: Item): Promise<void>;
  pause?(): Promise<void>;
}

/** One output of a command. */
export interface Writing<Item> {
  write(item: Item): Promise<void>;
  /** Releases an output that has no data yet until its first write. */
  pause(): Promise<void>;
  /** Called when everything is written. Leaves a file without only its name. @returns the path of the file */
  prepare(): Promise<string | undefined>;
  /** Called when everything is written. Gives a file its name. */
  commit(): Promise<void>;
}

/**
 * The outputs of a command. Disposing of them abandons the uncommitted ones, in reverse order of addition. Their data are kept in place,
 * and this is reported. A closed standard output is not a failure, unless it leaves a requested file uncommitted and therefore incomplete:
 * then writing throws E_WRITE for the file.
 */
export class Outputs implements AsyncDisposable {
  readonly #interrupted: AbortSignal;
  readonly #console: Console;
  /** The uncommitted outputs, in order of addition. */
  #open: readonly Unfinished[] = [];
  readonly #recorded = new Map<Unfinished, () => boolean>();

  constructor(interrupted: AbortSignal, console: Console) {
    this.#interrupted = interrupted;
    this.#console = console;
  }

  /** @param isRecorded whether a later run can resume from what is left of the output */
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

  /** Waits for a write to one of the outputs. @throws StarlingError E_WRITE in place of ClosedPipe if a file stays incomplete */
  async unlessClosed<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      const { file } = this.#open.findLast((output) => output.file !== undefined) ?? {};
      if (!(error instanceof ClosedPipe) || file === undefined) throw error;
      throw new StarlingError('E_WRITE', 'standard output was closed before this was complete', { file });
    }
  }

  /** Aborted when writing must stop: by a signal, or because an output that is open now is no longer where it was created. */
  get stopped(): AbortSignal {
    return AbortSignal.any([this.#interrupted, ...this.#open.flatMap(({ lost }) => lost ?? [])]);
  }

  /** Commits the uncommitted outputs, in reverse order of addition. */
  async commit(): Promise<void> {
    for (const output of this.#open.toReversed()) await this.#commit(output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const output of this.#open.toReversed()) {
      // The error that led here is reported instead of this one.
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
