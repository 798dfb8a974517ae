import { StarlingError } from '../../contracts/errors.js';
import type { ScannedGraph, ScannedModel, ScannedNode } from './scanned-model.js';

/** Operators that draw random numbers. Even with a seed, they draw other numbers in every run of a session. */
const RANDOM: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Sampling',
  'TrainableDropout',
]);

/** Operators that draw random numbers if a flag is true, with the position of the flag among their inputs. An absent flag is false. */
const IN_TRAINING: ReadonlyMap<string, number> = new Map([
  ['Dropout', 2],
  ['BitmaskDropout', 2],
  ['BiasDropout', 4],
  ['BitmaskBiasDropout', 4],
]);

/** Domains whose operators cannot be replaced by a local function. */
const BUILT_IN: ReadonlySet<string> = new Set(['', 'ai.onnx', 'com.microsoft']);

/** Constant booleans by the names of their values. */
type Flags = ReadonlyMap<string, boolean>;

/**
 * Refuses a graph with a node that draws random numbers, as a score has to depend only on model, prompt and answer. Branches, bodies of
 * loops and functions are searched too.
 * @throws StarlingError E_MODEL naming the node
 */
export function checkNotRandom({ graph, functions }: ScannedModel, file: string): void {
  const local = new Set(functions.map(({ domain, name }) => `${domain}:${name}`));
  const node =
    randomNode(graph, new Map(), local) ??
    functions.map((one) => randomNode(one, new Map(), local)).find((one) => one !== undefined);
  if (node === undefined) return;
  const problem = `node ${node.name || node.outputs.find(Boolean) || '(without a name)'} (${node.operator}) draws random numbers, so scores would differ from run to run`;
  throw new StarlingError('E_MODEL', `${problem}; export the model in evaluation mode, as by model.eval()`, { file });
}

function randomNode(graph: ScannedGraph, outer: Flags, local: ReadonlySet<string>): ScannedNode | undefined {
  const flags = new Map([...outer, ...flagsOf(graph)]);
  for (const node of graph.nodes) {
    if (isRandom(node, flags, local)) return node;
    for (const inner of node.graphs) {
      const found = randomNode(inner, flags, local);
      if (found) return found;
    }
  }
  return undefined;
}

function isRandom({ operator, domain, inputs }: ScannedNode, flags: Flags, local: ReadonlySet<string>): boolean {
  if (!BUILT_IN.has(domain) && local.has(`${domain}:${operator}`)) return false;
  const place = IN_TRAINING.get(operator);
  if (place === undefined) return RANDOM.has(operator);
  const training = inputs[place] ?? '';
  return training !== '' && flags.get(training) !== false;
}

function flagsOf({ nodes, tensors }: ScannedGraph): [string, boolean][] {
  const constants = nodes
    .filter(({ operator }) => operator === 'Constant')
    .flatMap((node) => node.tensors.map((tensor) => ({ ...tensor, name: node.outputs[0] })));
  return [...tensors, ...constants].flatMap(({ name, flag }) => (flag === undefined ? [] : [[name, flag]]));
}
