import { stoppedBy } from '../errors.js';
import { PassingTrouble } from './hub-error.js';

/** One conversation with the hub, that ends when the run is stopped or nothing comes for too long. */
export class Watch {
  readonly #interrupted: AbortSignal | undefined;
  readonly #silent = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  /** @param idle milliseconds without a byte */
  constructor(idle: number, interrupted?: AbortSignal) {
    this.#interrupted = interrupted;
    this.signal = AbortSignal.any([this.#silent.signal, ...(interrupted ? [interrupted] : [])]);
    this.#timer = setTimeout(() => this.#silent.abort(`nothing came for ${idle / 1000} s`), idle);
  }

  /** Something came. */
  readonly heard = (): void => {
    this.#timer.refresh();
  };

  end(): void {
    clearTimeout(this.#timer);
  }

  /** What an error means if it came from here: the run was stopped, or nothing came. */
  ended(): Error | undefined {
    if (this.#interrupted?.aborted) return stoppedBy(this.#interrupted, 'stopped while files were loaded from the hub');
    if (this.#silent.signal.aborted) return new PassingTrouble(String(this.#silent.signal.reason));
    return undefined;
  }
}
