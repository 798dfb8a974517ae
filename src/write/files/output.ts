import { open } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';
import { type Leftovers, NewFile } from './new-file.js';
import { targetOf } from './target.js';
import { writeAll, writeError } from './write-all.js';

/** Something that must be finished or abandoned. */
export interface Unfinished {
  /** The file that is complete only when it is finished; `undefined` for an output that is not a file. */
  readonly file?: string;
  /** Aborted, with a StarlingError E_WRITE as the reason, when the file is no longer where it was created. */
  readonly lost?: AbortSignal;
  /**
   * Called when everything is written. Brings a file to the disk in its final form, without its name. `finish` does this too.
   * @returns the path of that file; `undefined` if the output is not a file
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  prepare(): Promise<string | undefined>;
  /** Called when everything is written. Gives a file its name. @throws ClosedPipe, StarlingError E_WRITE, E_EXISTS */
  finish(): Promise<void>;
  /** Closes an unfinished output. Returns where the data written so far are kept, if they are. */
  abandon(): Promise<string | undefined>;
}

/** Where data goes: standard output, a file, or a device. Nothing else writes there. */
export interface Output extends Unfinished {
  /**
   * Resolves when the operating system has taken all of the data.
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  write(data: string | Uint8Array): Promise<void>;
  /** Releases an output that has no data yet until its first write, for a time in which a signal ends the process at once. */
  pause?(): Promise<void>;
  /** Cuts what an earlier run left to this many bytes, if this output continues it. @throws StarlingError E_WRITE */
  cut?(bytes: number): Promise<void>;
}

export interface OutputOptions extends Leftovers {
  /** Called with all data sent to standard output, a pipe or a device, because they cannot be read again. */
  onSent?(data: string | Uint8Array): void;
}

/**
 * Opens standard output for `-` or nothing, and a file as `NewFile` does otherwise. Pipes and devices are written directly.
 * @throws StarlingError E_EXISTS if a file exists and may not be replaced, E_USAGE if it cannot be created
 */
export async function openOutput(target: string | undefined, options: OutputOptions): Promise<Output> {
  const found = await targetOf(target);
  if (found.kind === 'file') return fileOutput(await NewFile.create(found, options));
  const output = found.kind === 'descriptor' ? descriptorOutput(found.fd, found.name) : await deviceOutput(found.name);
  return options.onSent === undefined ? output : sending(output, options.onSent);
}

/** As `openOutput`, but creates the file on the first write. */
export async function openOutputLater(target: string | undefined, options: OutputOptions): Promise<Output> {
  const found = await targetOf(target);
  return found.kind === 'file' ? fileOutput(await NewFile.reserve(found, options)) : openOutput(target, options);
}

function sending(output: Output, onSent: NonNullable<OutputOptions['onSent']>): Output {
  return {
    ...output,
    async write(data) {
      await output.write(data);
      onSent(data);
    },
  };
}

/** Does not close the descriptor: its owner does. */
function descriptorOutput(fd: number, name: string): Output {
  return {
    write: (data) => writeAll(fd, data, name),
    prepare: async () => undefined,
    finish: async () => {},
    abandon: async () => undefined,
  };
}

async function deviceOutput(name: string): Promise<Output> {
  const handle = await open(name, 'w').catch((cause: Error) => {
    throw new StarlingError('E_USAGE', `cannot be opened: ${cause.message}`, { file: name }, cause);
  });
  return {
    write: (data) => writeAll(handle.fd, data, name),
    prepare: async () => undefined,
    async finish() {
      await handle.close().catch((cause) => {
        throw writeError(cause, name);
      });
    },
    async abandon() {
      await handle.close().catch(() => {});
      return undefined;
    },
  };
}

function fileOutput(file: NewFile): Output {
  return {
    file: file.path,
    lost: file.lost,
    write: (data) => file.write(data),
    pause: () => file.pause(),
    cut: (bytes) => file.cut(bytes),
    async prepare() {
      await file.sync();
      return file.partial;
    },
    async finish() {
      await file.sync();
      await file.publish();
    },
    abandon: () => file.abandon(),
  };
}
