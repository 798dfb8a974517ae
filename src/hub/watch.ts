import { stoppedBy } from '../contracts/errors.js';
import { PassingTrouble } from './hub-error.js';

/** Bytes a second. Without a floor a server that sends a byte now and then holds a run for ever. */
const SLOWEST = 1024;

/** One conversation with the hub, that ends when the run is stopped or too little comes for too long. */
export class Watch {
  readonly #interrupted: AbortSignal | undefined;
  readonly #ended = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #least: number;
  #bytes = 0;
  readonly signal: AbortSignal;

  /**
   * @param idle milliseconds in which something has to come, of a body `SLOWEST` bytes for each second of them
   * @param whole milliseconds in which all has to come
   */
  constructor(idle: number, interrupted?: AbortSignal, whole?: number) {
    this.#interrupted = interrupted;
    this.#least = (SLOWEST * idle) / 1000;
    this.signal = AbortSignal.any([this.#ended.signal, ...(interrupted ? [interrupted] : [])]);
    this.#timers.push(setTimeout(() => this.#ended.abort(this.#silence(idle)), idle));
    if (whole !== undefined)
      this.#timers.push(setTimeout(() => this.#ended.abort(`the answer was not whole after ${whole / 1000} s`), whole));
  }

  /** An answer began. */
  readonly heard = (): void => {
    this.#bytes = 0;
    this.#timers[0].refresh();
  };

  /** So many bytes of its body came. */
  came(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= this.#least) this.heard();
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** What an error means if it came from here: the run was stopped, or too little came. */
  ended(): Error | undefined {
    if (this.#interrupted?.aborted) return stoppedBy(this.#interrupted, 'stopped while files were loaded from the hub');
    if (this.#ended.signal.aborted) return new PassingTrouble(String(this.#ended.signal.reason));
    return undefined;
  }

  #silence(idle: number): string {
    return `${this.#bytes === 0 ? 'nothing' : `less than ${SLOWEST} bytes a second`} came for ${idle / 1000} s`;
  }
}
