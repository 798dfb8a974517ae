import { type Field, ProtobufFile, type Range } from './protobuf.js';

/** The parts of an ONNX file that are read, see onnx.proto. Values of tensors are skipped. */
export interface ScannedModel {
  graph: ScannedGraph;
  /** Local functions. */
  functions: ScannedFunction[];
}

export interface ScannedGraph {
  nodes: ScannedNode[];
  /** Initializers. */
  tensors: ScannedTensor[];
}

export interface ScannedFunction extends ScannedGraph {
  name: string;
  domain: string;
}

export interface ScannedNode {
  name: string;
  operator: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  /** Subgraphs of If, Loop, Scan and similar operators. */
  graphs: ScannedGraph[];
  /** The value of a Constant. */
  tensors: ScannedTensor[];
}

export interface ScannedTensor {
  name: string;
  dims: number[];
  /** The external-data file with the values, relative to the graph's folder; absent if the values are in the graph. */
  location?: string;
  /** The value of a tensor with one boolean. */
  flag?: boolean;
}

/** Limit of nested graphs, as in protobuf's own reader. */
const MOST_DEPTH = 100;

const BOOL = 9;

/**
 * Reads the nodes and the tensors' names and shapes of a graph. Memory use does not depend on the size of the weights.
 * @throws StarlingError E_MODEL if the file cannot be read, is damaged or is not an ONNX graph
 */
export function scannedModel(path: string): ScannedModel {
  const file = ProtobufFile.open(path);
  try {
    return modelOf(file);
  } finally {
    file.close();
  }
}

function modelOf(file: ProtobufFile): ScannedModel {
  const model: ScannedModel = { graph: { nodes: [], tensors: [] }, functions: [] };
  for (const { number, bytes } of file.fields(file.whole)) {
    if (number === 7 && bytes) addGraph(file, bytes, model.graph, 0);
    else if (number === 25 && bytes) model.functions.push(functionOf(file, bytes));
  }
  if (model.graph.nodes.length === 0) throw file.damaged(0, 'no node');
  return model;
}

function addGraph(file: ProtobufFile, range: Range, graph: ScannedGraph, depth: number): void {
  if (depth > MOST_DEPTH) throw file.damaged(range.start, `more than ${MOST_DEPTH} graphs within each other`);
  for (const { number, bytes } of file.fields(range)) {
    if (number === 1 && bytes) graph.nodes.push(nodeOf(file, bytes, depth));
    else if (number === 5 && bytes) graph.tensors.push(tensorOf(file, bytes));
  }
}

function functionOf(file: ProtobufFile, range: Range): ScannedFunction {
  const found: ScannedFunction = { name: '', domain: '', nodes: [], tensors: [] };
  for (const { number, bytes } of file.fields(range)) {
    if (bytes === undefined) continue;
    if (number === 1) found.name = file.text(bytes);
    else if (number === 7) found.nodes.push(nodeOf(file, bytes, 0));
    else if (number === 10) found.domain = file.text(bytes);
  }
  return found;
}

function nodeOf(file: ProtobufFile, range: Range, depth: number): ScannedNode {
  const node: ScannedNode = { name: '', operator: '', domain: '', inputs: [], outputs: [], graphs: [], tensors: [] };
  for (const { number, bytes } of file.fields(range)) {
    if (bytes === undefined) continue;
    if (number === 1) node.inputs.push(file.text(bytes));
    else if (number === 2) node.outputs.push(file.text(bytes));
    else if (number === 3) node.name = file.text(bytes);
    else if (number === 4) node.operator = file.text(bytes);
    else if (number === 5) addAttribute(file, bytes, node, depth);
    else if (number === 7) node.domain = file.text(bytes);
  }
  return node;
}

function addAttribute(file: ProtobufFile, range: Range, node: ScannedNode, depth: number): void {
  for (const { number, bytes } of file.fields(range)) {
    if (bytes === undefined) continue;
    if (number === 5 || number === 10) node.tensors.push(tensorOf(file, bytes));
    else if (number === 6 || number === 11) {
      const graph: ScannedGraph = { nodes: [], tensors: [] };
      addGraph(file, bytes, graph, depth + 1);
      node.graphs.push(graph);
    }
  }
}

function tensorOf(file: ProtobufFile, range: Range): ScannedTensor {
  const tensor: ScannedTensor = { name: '', dims: [] };
  let type: number | undefined;
  let first: number | undefined;
  for (const field of file.fields(range)) {
    const { number, value, bytes } = field;
    if (number === 1) for (const extent of file.numbers(field)) tensor.dims.push(extent);
    else if (number === 2) type = value;
    else if (number === 5) first ??= firstOf(file, field);
    else if (number === 8 && bytes) tensor.name = file.text(bytes);
    else if (number === 9 && bytes) first ??= file.bytes(bytes, 1)[0];
    else if (number === 13 && bytes) tensor.location = locationOf(file, bytes) ?? tensor.location;
  }
  if (type === BOOL && first !== undefined && tensor.dims.every((extent) => extent === 1)) tensor.flag = first !== 0;
  return tensor;
}

function firstOf(file: ProtobufFile, { value, bytes }: Field): number | undefined {
  return value ?? (bytes && bytes.end > bytes.start ? file.bytes(bytes, 1)[0] : undefined);
}

/** The value of an external-data entry with the key `location`; `undefined` for other keys, such as offset and length. */
function locationOf(file: ProtobufFile, range: Range): string | undefined {
  let key: string | undefined;
  let value: string | undefined;
  for (const { number, bytes } of file.fields(range)) {
    if (number === 1 && bytes) key = file.text(bytes);
    else if (number === 2 && bytes) value = file.text(bytes);
  }
  return key === 'location' ? value : undefined;
}
