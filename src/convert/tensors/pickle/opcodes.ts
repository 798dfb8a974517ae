import { keyName, PickleError, PickleGlobal, type PickleMachine } from './machine.js';

type Step = (machine: PickleMachine) => void;

/**
 * The opcodes that pickles of tensor dictionaries use, in protocols 2 to 5.
 * Source: Python's pickletools, and the allow-list of torch.load(weights_only=True).
 */
export const STEPS: ReadonlyMap<number, Step> = new Map<number, Step>([
  // PROTO and FRAME group bytes and carry no values.
  [0x80, (machine) => machine.bytes(1)],
  [0x95, (machine) => machine.bytes(8)],

  // Constants: NONE NEWTRUE NEWFALSE, BININT BININT1 BININT2 LONG1 BINFLOAT.
  [0x4e, (machine) => machine.push(null)],
  [0x88, (machine) => machine.push(true)],
  [0x89, (machine) => machine.push(false)],
  [0x4a, (machine) => machine.push(machine.bytes(4).readInt32LE())],
  [0x4b, (machine) => machine.push(machine.unsigned(1))],
  [0x4d, (machine) => machine.push(machine.unsigned(2))],
  [0x8a, (machine) => machine.push(long(machine.bytes(machine.unsigned(1))))],
  [0x47, (machine) => machine.push(machine.bytes(8).readDoubleBE())],

  // Text: BINUNICODE SHORT_BINUNICODE BINUNICODE8, and those of Python 2: BINSTRING SHORT_BINSTRING.
  [0x58, (machine) => machine.push(machine.text(machine.unsigned(4)))],
  [0x8c, (machine) => machine.push(machine.text(machine.unsigned(1)))],
  [0x8d, (machine) => machine.push(machine.text(machine.unsigned64()))],
  [0x54, (machine) => machine.push(machine.text(machine.unsigned(4)))],
  [0x55, (machine) => machine.push(machine.text(machine.unsigned(1)))],

  // Tuples: EMPTY_TUPLE TUPLE1 TUPLE2 TUPLE3 TUPLE.
  [0x29, (machine) => machine.push([])],
  [0x85, (machine) => machine.push(machine.popSome(1))],
  [0x86, (machine) => machine.push(machine.popSome(2))],
  [0x87, (machine) => machine.push(machine.popSome(3))],
  [0x74, (machine) => machine.push(machine.popGroup())],

  // Lists and dictionaries: EMPTY_LIST APPEND APPENDS, EMPTY_DICT SETITEM SETITEMS.
  [0x5d, (machine) => machine.push([])],
  [0x61, (machine) => append(machine, machine.popSome(1))],
  [0x65, (machine) => append(machine, machine.popGroup())],
  [0x7d, (machine) => machine.push(new Map())],
  [0x73, (machine) => setItems(machine, machine.popSome(2))],
  [0x75, (machine) => setItems(machine, machine.popGroup())],

  // The stack: MARK POP POP_MARK DUP.
  [0x28, (machine) => machine.mark()],
  [0x30, (machine) => machine.pop()],
  [0x31, (machine) => machine.popGroup()],
  [0x32, (machine) => machine.push(machine.top())],

  // The memo: BINPUT LONG_BINPUT MEMOIZE, BINGET LONG_BINGET.
  [0x71, (machine) => machine.remember(machine.unsigned(1))],
  [0x72, (machine) => machine.remember(machine.unsigned(4))],
  [0x94, (machine) => machine.rememberNext()],
  [0x68, (machine) => machine.recall(machine.unsigned(1))],
  [0x6a, (machine) => machine.recall(machine.unsigned(4))],

  // Objects: GLOBAL STACK_GLOBAL, REDUCE BUILD, BINPERSID.
  [0x63, (machine) => machine.push(machine.global(machine.line(), machine.line()))],
  [0x93, stackGlobal],
  [0x52, reduce],
  [0x62, build],
  [0x51, (machine) => machine.push(machine.persistent(machine.pop()))],
]);

/** Names of the refused opcodes, for messages. */
export const REFUSED: ReadonlyMap<number, string> = new Map([
  [0x42, 'BINBYTES'],
  [0x43, 'SHORT_BINBYTES'],
  [0x46, 'FLOAT'],
  [0x49, 'INT'],
  [0x4c, 'LONG'],
  [0x50, 'PERSID'],
  [0x53, 'STRING'],
  [0x56, 'UNICODE'],
  [0x64, 'DICT'],
  [0x67, 'GET'],
  [0x69, 'INST'],
  [0x6c, 'LIST'],
  [0x6f, 'OBJ'],
  [0x70, 'PUT'],
  [0x81, 'NEWOBJ'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x8b, 'LONG4'],
  [0x8e, 'BINBYTES8'],
  [0x8f, 'EMPTY_SET'],
  [0x90, 'ADDITEMS'],
  [0x91, 'FROZENSET'],
  [0x92, 'NEWOBJ_EX'],
  [0x96, 'BYTEARRAY8'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
]);

/** Decodes little-endian two's complement. The result is a number where that is exact, else a bigint. */
function long(bytes: Buffer): number | bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(bytes.length * 8, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

function append(machine: PickleMachine, values: readonly unknown[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw machine.malformed('it appends to a value that is not a list');
  for (const value of values) list.push(value);
}

function setItems(machine: PickleMachine, items: readonly unknown[]): void {
  const map = machine.top();
  if (!(map instanceof Map) || items.length % 2 !== 0)
    throw machine.malformed('it sets items of a value that is not a dictionary');
  for (let i = 0; i < items.length; i += 2) {
    if (map.has(items[i])) throw new PickleError(`it has ${keyName(items[i])} twice`);
    map.set(items[i], items[i + 1]);
  }
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.popText();
  machine.push(machine.global(machine.popText(), name));
}

/** Calls a global of the allow-list, which is a function of this program. */
function reduce(machine: PickleMachine): void {
  const args = machine.pop();
  const called = machine.pop();
  if (!(called instanceof PickleGlobal) || called.call === undefined || !Array.isArray(args))
    throw new PickleError(
      `it calls ${called instanceof PickleGlobal ? called.name : 'a value'}, which is not a function`,
    );
  machine.push(called.call(args));
}

/** Ignores the attributes of a dictionary, such as `_metadata` of a state dict. */
function build(machine: PickleMachine): void {
  machine.pop();
  if (!(machine.top() instanceof Map)) throw new PickleError('it sets attributes of a value that is not a dictionary');
}
