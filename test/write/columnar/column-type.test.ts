import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownType, settled, widened } from '../../../src/write/columnar/column-type.js';

/** The type of a column with these values, as text: `[{a: int64}]`. */
function typeOf(...values: unknown[]): string {
  return spelt(values.reduce<KnownType>((type, value) => widened(type, value), 'nothing'));
}

function spelt(type: KnownType): string {
  if (typeof type === 'string') return type;
  if ('list' in type) return `[${spelt(type.list)}]`;
  return `{${[...type.struct].map(([name, field]) => `${name}: ${spelt(field)}`).join(', ')}}`;
}

test('a column has the narrowest type that holds all of its values', () => {
  const cases: [unknown[], string][] = [
    [[], 'nothing'],
    [[null, undefined, Number.NaN], 'nothing'],
    [[null, true], 'boolean'],
    [[1, null, -2], 'int64'],
    [[1, 2.5], 'double'],
    [[2.5, 1], 'double'],
    [[2 ** 53], 'double'],
    [['a', '2024-01-01'], 'string'],
    [[12345678901234567890n], 'string'],
    [[1, 2n ** 60n, 2], 'long'],
    [[1.5, 2n ** 60n], 'json'],
    [[[]], '[nothing]'],
    [[[], [1], null, [null, 0.5]], '[double]'],
    [[{ a: 1 }, { b: [{ c: 'x' }] }, { a: null }], '{a: int64, b: [{c: string}]}'],
    [[[{ a: 1 }], [{ b: true }]], '[{a: int64, b: boolean}]'],
    [[{}], '{}'],
    [
      [{ constructor: 1, toString: null }, { ['__proto__']: 'x' }],
      '{constructor: int64, toString: nothing, __proto__: string}',
    ],
  ];
  for (const [values, expected] of cases) assert.equal(typeOf(...values), expected);
});

test('a column whose values no single type holds is JSON as a whole', () => {
  const cases: unknown[][] = [
    ['a', 1],
    [true, 1],
    [false, 'a'],
    [[1], 1],
    [[1], { a: 1 }],
    [{ a: 1 }, 'a'],
    [['a', { a: 1 }]],
    [{ a: 1 }, { a: 'x' }],
    [[{ a: [1] }], [{ a: ['x'] }]],
    [{ a: 1, A: 2 }],
    [{ a: 1 }, { A: 2 }],
    [{ '': 1 }],
    [{ 'a\0b': 1 }],
    [JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`)],
    [Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, 1]))],
  ];
  for (const values of cases) {
    assert.equal(typeOf(...values), 'json', JSON.stringify(values));
    assert.equal(typeOf(...values, 1, null), 'json', 'and stays JSON');
  }
});

test('a value that fits gives the same type object, by which a stream checks values', () => {
  const type = widened('nothing', [{ a: 1.5, b: ['x'], c: true }]);
  for (const value of [null, [], [null], [{}], [{ a: 2 }], [{ a: 0.5, b: [], c: null }, { b: [null, 'y'] }]]) {
    assert.equal(widened(type, value), type, JSON.stringify(value));
  }
  for (const value of ['x', [1], [{ d: 1 }], [{ a: 'x' }], [{ d: null }]]) {
    assert.notEqual(widened(type, value), type, JSON.stringify(value));
  }
});

test('if more values may come, a part without values makes its column JSON, and integers are doubles; an empty object is JSON', () => {
  const type = (...values: unknown[]) => values.reduce<KnownType>((known, value) => widened(known, value), 'nothing');
  const either = (known: KnownType) => [settled(known, 'all'), settled(known, 'some')];
  assert.deepEqual(either('nothing'), ['string', 'json']);
  assert.deepEqual(either(type([])), [{ list: 'string' }, 'json']);
  assert.deepEqual(either(type({ a: null, b: 1 })), [
    {
      struct: new Map([
        ['a', 'string'],
        ['b', 'int64'],
      ]),
    },
    'json',
  ]);
  assert.deepEqual(either(type({})), ['json', 'json']);
  assert.deepEqual(either(type([{ a: {} }])), ['json', 'json']);
  assert.deepEqual(either(type([1], [2.5])), [{ list: 'double' }, { list: 'double' }]);
  assert.deepEqual(either(type({ a: [1] })), [
    { struct: new Map([['a', { list: 'int64' }]]) },
    { struct: new Map([['a', { list: 'double' }]]) },
  ]);
});
