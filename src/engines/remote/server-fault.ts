/**
 * A fault of a server that may pass. busy: it asks to wait. away: the request did not reach it. broken: it did, and no usable answer came
 * back, which may be the fault of the row.
 */
export type FaultKind = 'busy' | 'away' | 'broken';

export class ServerFault extends Error {
  override readonly name = 'ServerFault';
  readonly kind: FaultKind;
  /** Milliseconds that the server asks to wait. */
  readonly wait: number | undefined;

  /** @param message continues the address of the server: `answered 503` */
  constructor(kind: FaultKind, message: string, { wait, cause }: { wait?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.kind = kind;
    this.wait = wait;
  }
}
