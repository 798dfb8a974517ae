/** Why compressed data cannot be decompressed. `message` continues a sentence that begins with "the gzip data": "ends too early". */
export class Damage extends Error {
  /** Byte offset in the compressed data. */
  readonly at: number;
  /** A shell command, without the file's name, that makes readable data of the file. */
  readonly command: string | undefined;

  constructor(message: string, at: number, command?: string) {
    super(message);
    this.name = 'Damage';
    this.at = at;
    this.command = command;
  }
}

/** @param at offset of the stated size, or of the bytes that contradict it */
export function otherSize(size: number, at = 0): Damage {
  return new Damage(`is damaged (it does not unpack to ${size} bytes)`, at);
}
