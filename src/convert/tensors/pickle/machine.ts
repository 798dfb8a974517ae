/** A name that a pickle looks up in Python, and what stands for it here. */
export class PickleGlobal {
  /** `collections.OrderedDict` */
  readonly name: string;
  /** What calling it gives; absent where it may only be named. */
  readonly call?: (args: readonly unknown[]) => unknown;

  constructor(name: string, call?: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** What a pickle may ask for. Nothing of Python is there to be run: a global is an entry of this list, or an error. */
export interface PickleWorld {
  readonly globals: readonly PickleGlobal[];
  /** Gives what a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** Something that is not on the list, or bytes that are no pickle. */
export class PickleError extends Error {
  override readonly name = 'PickleError';
}

/** A key of a dictionary for a message. What is no text is not spelt out: lists of lists of one list can be longer than memory. */
export function keyName(key: unknown): string {
  return typeof key === 'string' ? key : 'a key that is no text';
}

/** Opens a group on the stack. */
const MARK = Symbol('mark');

/** The stack, the memo and the bytes that the opcodes of a pickle work on. */
export class PickleMachine {
  readonly #pickle: Buffer;
  readonly #world: PickleWorld;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  /** Of the next byte. */
  position = 0;

  constructor(pickle: Buffer, world: PickleWorld) {
    this.#pickle = pickle;
    this.#world = world;
  }

  /** The next `length` bytes. */
  bytes(length: number): Buffer {
    const end = this.position + length;
    if (end > this.#pickle.length) throw this.malformed('it ends too early');
    const part = this.#pickle.subarray(this.position, end);
    this.position = end;
    return part;
  }

  /** A little-endian number of `length` bytes, up to 6. */
  unsigned(length: number): number {
    return this.bytes(length).readUIntLE(0, length);
  }

  unsigned64(): number {
    return Number(this.bytes(8).readBigUInt64LE());
  }

  text(length: number): string {
    return this.bytes(length).toString('utf8');
  }

  line(): string {
    const end = this.#pickle.indexOf('\n', this.position);
    if (end < 0) throw this.malformed('it ends within a line');
    const line = this.text(end - this.position);
    this.position = end + 1;
    return line;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  mark(): void {
    this.push(MARK);
  }

  pop(): unknown {
    const value = this.top();
    this.#stack.pop();
    return value;
  }

  /** The value on top, which stays there. */
  top(): unknown {
    const value = this.#stack.at(-1);
    if (this.#stack.length === 0 || value === MARK) throw this.malformed('it takes a value where there is none');
    return value;
  }

  /** Takes the last `count` values, the lowest first. */
  popSome(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Takes what lies above the last mark, and the mark. */
  popGroup(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw this.malformed('it ends a group that it did not begin');
    const [, ...group] = this.#stack.splice(mark);
    return group;
  }

  popText(): string {
    const value = this.pop();
    if (typeof value === 'string') return value;
    throw this.malformed('it names a global by something other than text');
  }

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) throw this.malformed('it recalls what it did not remember');
    this.push(this.#memo.get(index));
  }

  /** @throws PickleError unless the global is on the list */
  global(module: string, name: string): PickleGlobal {
    const full = `${module}.${name}`;
    const found = this.#world.globals.find((one) => one.name === full);
    if (found) return found;
    throw new PickleError(`it asks for ${full}, which no dictionary of tensors needs`);
  }

  persistent(id: unknown): unknown {
    return this.#world.persistent(id);
  }

  malformed(what: string): PickleError {
    return new PickleError(`it is malformed: ${what} (byte ${this.position})`);
  }
}
