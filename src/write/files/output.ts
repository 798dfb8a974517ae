import { open } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';
import { type Leftovers, NewFile } from './new-file.js';
import { targetOf } from './target.js';
import { writeAll, writeError } from './write-all.js';

/** What has to be brought to an end, good or bad. */
export interface Unfinished {
  /** The file that is complete only when it is finished; `undefined` for what takes data as it comes. */
  readonly file?: string;
  /** Aborted, with a StarlingError E_WRITE as the reason, when the file is no longer where it was made. */
  readonly lost?: AbortSignal;
  /**
   * All is written: a file is on the disk as it will be, and lacks only its name. `finish` does this too.
   * @returns where that file is; `undefined` for what is no file
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  prepare(): Promise<string | undefined>;
  /** All is written: a file gets its name. @throws ClosedPipe, StarlingError E_WRITE, E_EXISTS */
  finish(): Promise<void>;
  /** Closes what is not finished, and tells where what was written so far is kept, if anywhere. */
  abandon(): Promise<string | undefined>;
}

/** Where data goes: standard output, a file, or a device. Nothing else is written there. */
export interface Output extends Unfinished {
  /**
   * Resolves when the operating system has taken all of the data.
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  write(data: string | Uint8Array): Promise<void>;
  /** Holds no place until it is written to, where it has not been: for a time in which a signal ends the process at once. */
  pause?(): Promise<void>;
  /** Cuts what an earlier run left, where this goes on with it. @throws StarlingError E_WRITE */
  cut?(bytes: number): Promise<void>;
}

export interface OutputOptions extends Leftovers {
  /** Called with all that goes to standard output, a pipe or a device, which cannot be read again. */
  onSent?(data: string | Uint8Array): void;
}

/**
 * Opens `-` or nothing as standard output, else a file as `NewFile` does. Pipes and devices are written as they are.
 * @throws StarlingError E_EXISTS when a file is there and may not be replaced, E_USAGE when it cannot be created
 */
export async function openOutput(target: string | undefined, options: OutputOptions): Promise<Output> {
  const found = await targetOf(target);
  if (found.kind === 'file') return fileOutput(await NewFile.create(found, options));
  const output = found.kind === 'descriptor' ? descriptorOutput(found.fd, found.name) : await deviceOutput(found.name);
  return options.onSent === undefined ? output : sending(output, options.onSent);
}

/** As `openOutput`, but the file is created only when it is written to. */
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

/** What it belongs to closes it. */
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
