import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A process that answers on standard output, a line at a time, to what it gets on standard input. What it tells people is kept for when it fails. */
export class LineProcess {
  readonly #name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #told = '';

  constructor(name: string, command: string, args: readonly string[]) {
    this.#name = name;
    // The command sets the variable itself; other users of the runtime would send usage events.
    this.#child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' } });
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#told += text;
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Sends text and gives the next `count` lines that the process writes. */
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

  /** The most memory it had so far, in bytes; undefined where the system has no /proc. */
  peakMemory(): number | undefined {
    try {
      const [, kibibytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')) ?? [];
      return Number(kibibytes) * 1024;
    } catch {
      return undefined;
    }
  }

  /** Lets it end by itself. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}
