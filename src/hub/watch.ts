import { stoppedBy } from '../contracts/errors.js';
import { PassingTrouble } from './hub-error.js';

/** Bytes a second. Without this minimum, a server that sends a byte now and then would block a run forever. */
const SLOWEST = 1024;

/** The timeouts of one exchange with the hub. It is aborted if the run is stopped, or if too little arrives for too long. */
export class Watch {
  readonly #interrupted: AbortSignal | undefined;
  readonly #ended = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #least: number;
  #bytes = 0;
  readonly signal: AbortSignal;

  /**
   * @param idle milliseconds within which an answer has to begin, and within which its body has to bring `SLOWEST` bytes a second
   * @param whole milliseconds within which the exchange has to end
   */
  constructor(idle: number, interrupted?: AbortSignal, whole?: number) {
    this.#interrupted = interrupted;
    this.#least = (SLOWEST * idle) / 1000;
    this.signal = AbortSignal.any([this.#ended.signal, ...(interrupted ? [interrupted] : [])]);
    this.#timers.push(setTimeout(() => this.#ended.abort(this.#silence(idle)), idle));
    if (whole !== undefined)
      this.#timers.push(setTimeout(() => this.#ended.abort(`the answer was not whole after ${whole / 1000} s`), whole));
  }

  /** Restarts the idle timeout, as when an answer begins. */
  readonly heard = (): void => {
    this.#bytes = 0;
    this.#timers[0].refresh();
  };

  /** Counts bytes of the body. */
  came(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= this.#least) this.heard();
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** The error if the exchange was aborted here: the run was stopped, or a timeout passed. */
  ended(): Error | undefined {
    if (this.#interrupted?.aborted) return stoppedBy(this.#interrupted, 'stopped while files were loaded from the hub');
    if (this.#ended.signal.aborted) return new PassingTrouble(String(this.#ended.signal.reason));
    return undefined;
  }

  #silence(idle: number): string {
    return `${this.#bytes === 0 ? 'nothing' : `less than ${SLOWEST} bytes a second`} came for ${idle / 1000} s`;
  }
}
