import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PickleError, PickleGlobal } from '../../../src/convert/tensors/pickle/machine.js';
import { unpickle } from '../../../src/convert/tensors/pickle/unpickle.js';

const WORLD = {
  globals: [
    new PickleGlobal('a.sum', (args) => args.reduce<number>((sum, one) => sum + Number(one), 0)),
    new PickleGlobal('a.Type'),
  ],
  persistent: (id: unknown) => ({ id }),
};
/** Pickles of one value in protocols 2 to 5. */
const DUMPS = [
  '80027d71002858010000006171015d7102284b014afeffffff4a701101008a060000000000018a090000000000000000c0473fe00000000000004e8889655802000000c3a97103298671047d7105752e',
  '80037d71002858010000006171015d7102284b014afeffffff4a701101008a060000000000018a090000000000000000c0473fe00000000000004e8889655802000000c3a97103298671047d7105752e',
  '80049542000000000000007d94288c0161945d94284b014afeffffff4a701101008a060000000000018a090000000000000000c0473fe00000000000004e8889658c02c3a9942986947d94752e',
  '80059542000000000000007d94288c0161945d94284b014afeffffff4a701101008a060000000000018a090000000000000000c0473fe00000000000004e8889658c02c3a9942986947d94752e',
];
/** Pickles of one value in protocols 2 and 5. */
const TWICE = ['80025d7100285d71016801652e', '80059509000000000000005d94285d946801652e'];

const read = (hex: string) => unpickle(Buffer.from(hex.replaceAll(' ', ''), 'hex'), WORLD);

test('values that Python pickled are read', () => {
  // pickle.dumps({"a": [1, -2, 70000, 2**40, -2**70, 0.5, None, True, False], ("é", ()): {}}, protocol)
  const expected = new Map<unknown, unknown>([
    ['a', [1, -2, 70000, 2 ** 40, -(2n ** 70n), 0.5, null, true, false]],
    [['é', []], new Map()],
  ]);
  for (const hex of DUMPS) assert.deepEqual(read(hex), expected);
});

test('a repeated value is read as one value, by the memo', () => {
  // x = []; pickle.dumps([x, x])
  for (const hex of TWICE) {
    const [first, second] = read(hex) as unknown[];
    assert.deepEqual(first, []);
    assert.equal(first, second);
  }
});

test('only globals on the allow-list may be named, and only those with a function called', () => {
  assert.equal(read('80 02 63 61 0a 73 75 6d 0a 4b 01 4b 02 86 52 2e'), 3);
  assert.equal(read('80 04 8c 01 61 8c 03 73 75 6d 93 4b 01 4b 02 86 52 2e'), 3);
  assert.deepEqual(read('80 02 4b 07 51 2e'), { id: 7 });
  assert.throws(
    () => read('80 02 63 61 0a 54 79 70 65 0a 29 52 2e'),
    new PickleError('it calls a.Type, which is not a function'),
  );
  assert.throws(() => read('80 02 7d 29 52 2e'), new PickleError('it calls a value, which is not a function'));
  assert.throws(() => read('80 02 63 6f 73 0a 73 79 73 74 65 6d 0a 2e'), /it needs os\.system;/);
  assert.throws(() => read('80 04 8c 02 6f 73 8c 06 73 79 73 74 65 6d 93 2e'), /it needs os\.system;/);
});

test('every opcode that a state dict does not use is refused with its place', () => {
  const taken = new Set([...'.(012NJKMGXTU)t]ae}suqrhjcRbQ'].map((one) => one.charCodeAt(0)));
  for (const one of [0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x8d, 0x93, 0x94, 0x95]) taken.add(one);
  for (let byte = 0; byte < 256; byte++) {
    if (taken.has(byte)) continue;
    const hex = byte.toString(16).padStart(2, '0');
    assert.throws(
      () => read(`80 02 4e ${hex}`),
      (error: Error) => error.message.startsWith(`it has opcode 0x${hex}`) && error.message.includes('at byte 3;'),
    );
  }
});

test('a nested key is not printed in the message', () => {
  // a = (); a = (a, a) forty times, twice as a key: printed, it would have 2^40 items.
  const key = `29${'32 86'.repeat(40)}`;
  assert.throws(
    () => read(`80 02 7d ${key} 71 00 4e 73 68 00 4e 73 2e`),
    new PickleError('it has a key that is not text twice'),
  );
});
