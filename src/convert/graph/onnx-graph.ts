import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

/** The ONNX element types in use, with their numbers in onnx.proto (TensorProto.DataType). */
export const ELEMENT = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
export type Element = keyof typeof ELEMENT;

/** The place of a tensor in the external-data file beside the graph. */
export interface ExternalTensor {
  name: string;
  element: Element;
  shape: readonly number[];
  /** File name, relative to the graph. */
  location: string;
  /** In bytes, as is `length`. */
  offset: number;
  length: number;
}

export type Attribute = number | readonly number[];
type Extent = number | string;

const MICROSOFT = 'com.microsoft';
/** Opset 21 is the first with blocked QuantizeLinear and DequantizeLinear. Its IR version is 10. */
const OPSET = 21;
const IR_VERSION = 10;

/**
 * A model graph, built node by node. Strings name its values, and a node with one output has the name of that output.
 * `microsoft` adds the runtime's own operators.
 */
export class OnnxGraph {
  readonly #nodes: InstanceType<typeof onnx.NodeProto>[] = [];
  readonly #initializers: InstanceType<typeof onnx.TensorProto>[] = [];
  readonly #inputs: InstanceType<typeof onnx.ValueInfoProto>[] = [];
  readonly #outputs: InstanceType<typeof onnx.ValueInfoProto>[] = [];

  input(name: string, element: Element, shape: readonly Extent[]): string {
    this.#inputs.push(valueInfo(name, element, shape));
    return name;
  }

  output(name: string, element: Element, shape: readonly Extent[]): void {
    this.#outputs.push(valueInfo(name, element, shape));
  }

  /** Adds a standard operator with one output. Returns the name of the output. */
  node(operator: string, inputs: readonly string[], name: string, attributes: Record<string, Attribute> = {}): string {
    this.#add(operator, '', inputs, [name], attributes);
    return name;
  }

  /** Adds a standard operator with several outputs, named by the caller. */
  split(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute>,
  ): void {
    this.#add(operator, '', inputs, outputs, attributes);
  }

  /** Adds an operator of the runtime's `com.microsoft` domain. An empty name omits that output. */
  microsoft(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute> = {},
  ): void {
    this.#add(operator, MICROSOFT, inputs, outputs, attributes);
  }

  /** Adds a small constant, stored in the graph file itself. The shape of a scalar is []. */
  constant(
    name: string,
    element: 'float32' | 'int64' | 'uint8' | 'int32',
    shape: readonly number[],
    values: readonly number[],
  ): string {
    const tensor = onnx.TensorProto.create({ name, dataType: ELEMENT[element], dims: [...shape] });
    if (element === 'float32') tensor.floatData = [...values];
    else if (element === 'int64') tensor.int64Data = [...values];
    else tensor.int32Data = [...values];
    this.#initializers.push(tensor);
    return name;
  }

  /** Adds a tensor of the external-data file. Returns its name. */
  external(tensor: ExternalTensor): string {
    const entries = { location: tensor.location, offset: String(tensor.offset), length: String(tensor.length) };
    this.#initializers.push(
      onnx.TensorProto.create({
        name: tensor.name,
        dataType: ELEMENT[tensor.element],
        dims: [...tensor.shape],
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
      }),
    );
    return tensor.name;
  }

  /** The serialized ModelProto. */
  encode(): Uint8Array {
    const model = onnx.ModelProto.create({
      irVersion: IR_VERSION,
      producerName: 'starling-rm',
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: MICROSOFT, version: 1 },
      ],
      graph: {
        name: 'reward',
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return onnx.ModelProto.encode(model).finish();
  }

  #add(
    opType: string,
    domain: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Record<string, Attribute>,
  ): void {
    const name = `${output.find(Boolean) ?? opType}/${opType}`;
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#nodes.push(
      onnx.NodeProto.create({ name, opType, domain, input: [...input], output: [...output], attribute }),
    );
  }
}

/** Integers become INT attributes, other numbers FLOAT. No FLOAT attribute in use has an integer value. */
function attributeProto(name: string, value: Attribute): InstanceType<typeof onnx.AttributeProto> {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value !== 'number')
    return onnx.AttributeProto.create({ name, type: AttributeType.INTS, ints: [...value] });
  if (Number.isInteger(value)) return onnx.AttributeProto.create({ name, type: AttributeType.INT, i: value });
  return onnx.AttributeProto.create({ name, type: AttributeType.FLOAT, f: value });
}

function valueInfo(name: string, element: Element, shape: readonly Extent[]): InstanceType<typeof onnx.ValueInfoProto> {
  const dim = shape.map((extent) => (typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent }));
  return onnx.ValueInfoProto.create({ name, type: { tensorType: { elemType: ELEMENT[element], shape: { dim } } } });
}
