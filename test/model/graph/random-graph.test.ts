import assert from 'node:assert/strict';
import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkNotRandom } from '../../../src/model/graph/random-nodes.js';
import { scannedModel } from '../../../src/model/graph/scanned-model.js';
import { openScorer } from '../../../src/score/open-scorer.js';
import { row, run } from '../../cli/run.js';
import { writeFolder } from '../../engines/local/external-folder.js';
import { scoringOf } from '../../scoring-of.js';
import { tempFolder } from '../../temp-folder.js';
import { constant, node, type SmallGraph, smallGraph, truth, within } from './small-graph.js';

const LIKE = ['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'];
const GO: [string, number] = ['go_on', 9];
const dropout = (mode: string, output = 'changed') => node('Dropout', ['ids', '', mode], output);
const shape = [{ name: 'shape', type: 7, ints: [1] }];
const noise = (output: string) => node('RandomNormalLike', ['ids'], output);
const branches = [
  within('then_branch', [noise('then_out')], ['then_out']),
  within('else_branch', [node('Identity', ['ids'], 'else_out')], ['else_out']),
];
const call = (name: string) => node(name, ['ids'], 'changed', [], 'local');

/** Graphs by the node that draws random numbers. */
const REFUSED: [string, string, SmallGraph][] = [
  ...LIKE.map((operator): [string, string, SmallGraph] => [
    operator,
    operator,
    { nodes: [node(operator, ['ids'], 'changed')] },
  ]),
  ...['RandomNormal', 'RandomUniform'].map((operator): [string, string, SmallGraph] => [
    ...([operator, operator] as const),
    { nodes: [node(operator, [], 'noise', shape), node('Add', ['ids', 'noise'], 'changed')] },
  ]),
  [
    'Multinomial',
    'Multinomial',
    {
      nodes: [
        node('Multinomial', ['ids'], 'drawn'),
        node('Cast', ['drawn'], 'changed', [{ name: 'to', type: 2, i: 1 }]),
      ],
    },
  ],
  ['Dropout of an initializer', 'Dropout', { nodes: [dropout('mode')], tensors: [truth('mode', true)] }],
  [
    'Dropout of an initializer without raw data',
    'Dropout',
    { nodes: [dropout('mode')], tensors: [truth('mode', true, false)] },
  ],
  ['Dropout of a constant', 'Dropout', { nodes: [constant('mode', true), dropout('mode')] }],
  [
    'Dropout of what is computed',
    'Dropout',
    { nodes: [node('Not', ['off'], 'mode'), dropout('mode')], tensors: [truth('off', false)] },
  ],
  [
    'BiasDropout',
    'BiasDropout',
    {
      nodes: [node('BiasDropout', ['ids', 'bias', '', '', 'mode'], 'changed', [], 'com.microsoft')],
      tensors: [truth('mode', true)],
    },
  ],
  [
    'a branch',
    'RandomNormalLike',
    { nodes: [node('If', ['mode'], 'changed', branches)], tensors: [truth('mode', false)] },
  ],
  [
    'a branch within a loop',
    'RandomNormalLike',
    {
      nodes: [
        node('Loop', ['', 'mode', 'ids'], 'changed', [
          within(
            'body',
            [node('If', ['go_on'], 'sum', branches), node('Identity', ['go_on'], 'go')],
            ['go', 'sum'],
            [['i', 7], GO, ['before', 1]],
          ),
        ]),
      ],
      tensors: [truth('mode', true)],
    },
  ],
  [
    'Scan',
    'RandomNormalLike',
    { nodes: [node('Scan', ['ids'], 'changed', [within('body', [noise('out')], ['out'], [['one', 1]])])] },
  ],
  [
    'a function',
    'RandomUniformLike',
    {
      nodes: [call('Noise')],
      functions: [{ domain: 'local', name: 'Noise', nodes: [node('RandomUniformLike', ['x'], 'y')], output: 'y' }],
    },
  ],
];

const ACCEPTED: [string, SmallGraph][] = [
  ['Dropout', { nodes: [node('Dropout', ['ids'], 'changed')] }],
  ['Dropout of an initializer', { nodes: [dropout('mode')], tensors: [truth('mode', false)] }],
  ['Dropout of an initializer without raw data', { nodes: [dropout('mode')], tensors: [truth('mode', false, false)] }],
  ['Dropout of a constant', { nodes: [constant('mode', false), dropout('mode')] }],
  [
    'Dropout in a branch, of a constant around it',
    {
      nodes: [
        node('If', ['mode'], 'changed', [
          within('then_branch', [dropout('off', 'a')], ['a']),
          within('else_branch', [dropout('off', 'b')], ['b']),
        ]),
      ],
      tensors: [truth('mode', false), truth('off', false)],
    },
  ],
  [
    'a function with only the name of a random operator',
    {
      nodes: [call('RandomNormalLike')],
      functions: [{ domain: 'local', name: 'RandomNormalLike', nodes: [node('Neg', ['x'], 'y')], output: 'y' }],
    },
  ],
];

const PPO = ['--template', 'llama-2-ppo'];
const open = (graph: SmallGraph) =>
  openScorer(scoringOf(writeFolder({ bytes: smallGraph(graph) }), { template: 'llama-2-ppo' }));

for (const [name, operator, graph] of REFUSED) {
  test(`a graph that draws random numbers is refused: ${name}`, async () => {
    await assert.rejects(
      open(graph).then((scorer) => scorer.close()),
      new RegExp(
        `E_MODEL: .*/model\\.onnx: node the ${operator} \\(${operator}\\) draws random numbers.*evaluation mode`,
      ),
    );
  });
}

for (const [name, graph] of ACCEPTED) {
  test(`a graph that draws no random numbers is scored: ${name}`, async () => {
    const scorer = await open(graph);
    await scorer.close();
  });
}

test('score and doctor report a graph that draws random numbers before a row is scored', async () => {
  const model = writeFolder({ bytes: smallGraph({ nodes: [node('RandomUniformLike', ['ids'], 'changed')] }) });
  const scored = await run(['score', '--model', model, ...PPO], row('a', ['ab', 'b']));
  assert.deepEqual([scored.code, scored.stdout], [2, '']);
  assert.match(scored.stderr, /^starling-rm: E_MODEL: \S+\/model\.onnx: node the RandomUniformLike /);
  const result = await run(['doctor', '--model', model, ...PPO]);
  assert.match(result.stdout, /^model +FAIL/m);
});

test('a graph with gigabytes of weights inside is read without its weights', () => {
  const file = join(tempFolder(), 'large.onnx');
  const weights = 3e9;
  const tail = smallGraph({ nodes: [node('Bernoulli', ['ids'], 'changed')] });
  // A sparse file: a graph with one initializer of this many zeros, then the graph of `tail`, which protobuf merges.
  const tensor = Buffer.concat([Buffer.of(0x10, 1, 0x4a), varint(weights)]);
  const graph = Buffer.concat([Buffer.of(0x2a), varint(tensor.length + weights), tensor]);
  const head = Buffer.concat([Buffer.of(0x3a), varint(graph.length + weights), graph]);
  const fd = openSync(file, 'w');
  writeSync(fd, head);
  truncateSync(file, head.length + weights);
  writeSync(fd, tail, 0, tail.length, head.length + weights);
  closeSync(fd);
  const before = process.memoryUsage.rss();
  const model = scannedModel(file);
  assert.ok(process.memoryUsage.rss() - before < 2 ** 26);
  assert.equal(model.graph.tensors.length, 2);
  assert.throws(() => checkNotRandom(model, file), /the Bernoulli/);
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
