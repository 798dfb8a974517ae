import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

type Graph = InstanceType<typeof onnx.GraphProto>;
type Node = ReturnType<typeof onnx.NodeProto.create>;
type Tensor = ReturnType<typeof onnx.TensorProto.create>;
type Attribute = ReturnType<typeof onnx.AttributeProto.create>;

const { AttributeType } = onnx.AttributeProto;
const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

export interface SmallGraph {
  /** Between `ids`, which are floats [texts, tokens], and `changed`, of the same shape. */
  nodes: Node[];
  tensors?: Tensor[];
  functions?: { domain: string; name: string; inputs?: string[]; nodes: Node[]; output: string }[];
}

/** A model that can be scored: the reward of a text is the mean of its ids after the nodes changed them. */
export function smallGraph({ nodes, tensors = [], functions = [] }: SmallGraph): Uint8Array {
  const graph = onnx.GraphProto.create({
    name: 'small',
    input: [value('input_ids', INT64, ['texts', 'tokens'])],
    output: [value('logits', FLOAT, ['texts', 1])],
    initializer: [tensor('axes', INT64, [1], { int64Data: [1] }), ...tensors],
    node: [
      node('Cast', ['input_ids'], 'ids', [{ name: 'to', type: AttributeType.INT, i: FLOAT }]),
      ...nodes,
      node('ReduceMean', ['changed', 'axes'], 'logits'),
    ],
  });
  const imports = ['', 'com.microsoft', 'local'].map((domain) => ({ domain, version: domain === '' ? 18 : 1 }));
  return onnx.ModelProto.encode({
    irVersion: 9,
    opsetImport: imports,
    graph,
    functions: functions.map(({ domain, name, inputs = ['x'], nodes: body, output }) => ({
      ...{ domain, name, input: inputs, output: [output], node: body, opsetImport: imports },
    })),
  }).finish();
}

export function node(opType: string, input: string[], output: string, attribute: object[] = [], domain = ''): Node {
  const attributes = attribute.map((one) => onnx.AttributeProto.create(one));
  return onnx.NodeProto.create({
    name: `the ${opType}`,
    opType,
    input,
    output: [output],
    attribute: attributes,
    domain,
  });
}

/** A subgraph of a node. */
export function within(name: string, nodes: Node[], outputs: string[], inputs: [string, number][] = []): Attribute {
  const graph: Graph = onnx.GraphProto.create({
    name,
    node: nodes,
    input: inputs.map(([input, type]) => value(input, type)),
    output: outputs.map((output) => value(output, output.startsWith('go') ? BOOL : FLOAT)),
  });
  return onnx.AttributeProto.create({ name, type: AttributeType.GRAPH, g: graph });
}

export function constant(name: string, flag: boolean): Node {
  const t = truth('', flag);
  return node('Constant', [], name, [{ name: 'value', type: AttributeType.TENSOR, t }]);
}

/** A boolean, as raw data like most exporters or as a number like some. */
export function truth(name: string, flag: boolean, isRaw = true): Tensor {
  return tensor(name, BOOL, [], isRaw ? { rawData: Uint8Array.of(Number(flag)) } : { int32Data: [Number(flag)] });
}

export function tensor(name: string, dataType: number, dims: number[], values: object): Tensor {
  return onnx.TensorProto.create({ name, dataType, dims, ...values });
}

/** Floats in an external file. */
export function externalFloats(name: string, count: number, location: string): Tensor {
  const externalData = Object.entries({ location, offset: '0', length: String(4 * count) });
  return tensor(name, FLOAT, [count], {
    dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: externalData.map(([key, text]) => ({ key, value: text })),
  });
}

function value(name: string, elemType: number, shape?: (string | number)[]) {
  const dim = shape?.map((extent) => (typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent }));
  return onnx.ValueInfoProto.create({ name, type: { tensorType: { elemType, ...(dim && { shape: { dim } }) } } });
}
