/** Why packed bytes cannot be unpacked, and where. `message` goes on after "the gzip data", as in "ends too early". */
export class Damage extends Error {
  /** Packed bytes before the place. */
  readonly at: number;
  /** A shell command that makes of the file what can be read here; the file's name follows it. */
  readonly command: string | undefined;

  constructor(message: string, at: number, command?: string) {
    super(message);
    this.name = 'Damage';
    this.at = at;
    this.command = command;
  }
}

/** @param at where packed bytes say it, or what they unpack to shows it */
export function otherSize(size: number, at = 0): Damage {
  return new Damage(`is damaged (it does not unpack to ${size} bytes)`, at);
}
