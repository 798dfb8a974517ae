/** A Python name that a pickle may look up, and its counterpart in this program. */
export class PickleGlobal {
  /** `collections.OrderedDict` */
  readonly name: string;
  /** The function behind the name; absent where a pickle may name it but not call it. */
  readonly call?: (args: readonly unknown[]) => unknown;

  constructor(name: string, call?: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** The allow-list of a pickle. No Python code can be run: a global is an entry of this list, or an error. */
export interface PickleWorld {
  readonly globals: readonly PickleGlobal[];
  /** Resolves a persistent id. */
  persistent(id: unknown): unknown;
}

/** A pickle names something outside the allow-list, or is malformed. */
export class PickleError extends Error {
  override readonly name = 'PickleError';
}

/** A dictionary key for a message. Only text is printed: a nested list with shared parts can expand to more text than memory holds. */
export function keyName(key: unknown): string {
  return typeof key === 'string' ? key : 'a key that is not text';
}

/** Opens a group on the stack. */
const MARK = Symbol('mark');

/** The stack, the memo and the bytes that the opcodes of a pickle work on. */
export class PickleMachine {
  readonly #pickle: Buffer;
  readonly #world: PickleWorld;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  /** Offset of the next byte. */
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

  /** Pops `count` values and returns them in the order they were pushed. */
  popSome(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Pops the last mark and the values above it. Returns the values in the order they were pushed. */
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
    if (!this.#memo.has(index)) throw this.malformed('it reads a memo entry that it did not write');
    this.push(this.#memo.get(index));
  }

  /** @throws PickleError unless the global is on the list */
  global(module: string, name: string): PickleGlobal {
    const full = `${module}.${name}`;
    const found = this.#world.globals.find((one) => one.name === full);
    if (found) return found;
    throw new PickleError(`it needs ${full}; expected only the names that a dictionary of tensors needs`);
  }

  persistent(id: unknown): unknown {
    return this.#world.persistent(id);
  }

  malformed(what: string): PickleError {
    return new PickleError(`it is malformed: ${what} (byte ${this.position})`);
  }
}
