import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Ticks a second of times in /proc: USER_HZ, which is 100 on all platforms of Node. */
const TICKS = 100;

/** A process that answers lines of standard input on standard output. Its standard error is kept for the message if it fails. */
export class LineProcess {
  readonly #name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #told = '';

  constructor(name: string, command: string, args: readonly string[]) {
    this.#name = name;
    // Our command sets this variable itself. The runtime in other contenders would send usage events.
    this.#child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' } });
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#told += text;
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Sends text and returns the next `count` lines of the process. */
  async ask(text: string, count = 1): Promise<string[]> {
    this.#child.stdin.write(text);
    const lines: string[] = [];
    while (lines.length < count) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`${this.#name} ended before it answered: ${this.#told.trim().slice(-2000)}`);
      lines.push(value);
    }
    return lines;
  }

  /** Its peak memory so far, in bytes; undefined without /proc. */
  peakMemory(): number | undefined {
    try {
      const [, kibibytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')) ?? [];
      return Number(kibibytes) * 1024;
    } catch {
      return undefined;
    }
  }

  /** Processor seconds of all its threads so far; undefined without /proc. */
  processorSeconds(): number | undefined {
    try {
      const [, fields] = /\) (.*)/.exec(readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8')) ?? [];
      const [user, system] = fields.split(' ').slice(11, 13).map(Number);
      return (user + system) / TICKS;
    } catch {
      return undefined;
    }
  }

  /** Closes its input and waits for its end. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}
