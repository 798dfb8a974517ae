import { isCount, isCounts } from './counts.js';
import { keyName, PickleError, PickleGlobal, type PickleWorld } from './pickle/machine.js';
import { unpickle } from './pickle/unpickle.js';

/** A sequence of values in a PyTorch file. Tensors are views of it. */
export interface Storage {
  /** The member of the archive that holds it: `data/KEY`. */
  readonly key: string;
  /** `FloatStorage`, `HalfStorage`, `BFloat16Storage`, `LongStorage`, … */
  readonly type: string;
}

/** A tensor as torch.save pickles it: a view of a storage. Offset and strides count values. */
export class PickledTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** Whether its values lie in the storage row by row, without gaps. */
  get isContiguous(): boolean {
    let step = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== step) return false;
      step *= this.shape[axis];
    }
    return true;
  }
}

/** Storage types that a state dict may name. `openPytorch` decides which of them can be read. */
const STORAGES = [
  'FloatStorage',
  'HalfStorage',
  'BFloat16Storage',
  'DoubleStorage',
  'LongStorage',
  'IntStorage',
  'ShortStorage',
  'CharStorage',
  'ByteStorage',
  'BoolStorage',
];

/** The globals that a dictionary of tensors needs. Source: torch/_utils.py and Tensor.__reduce_ex__ of PyTorch. */
const WORLD: PickleWorld = {
  globals: [
    new PickleGlobal('collections.OrderedDict', (args) => {
      if (args.length > 0) throw new PickleError('it makes an OrderedDict with arguments; expected an empty one');
      return new Map();
    }),
    new PickleGlobal('torch._utils._rebuild_tensor_v2', rebuiltTensor),
    new PickleGlobal('torch._utils._rebuild_parameter', ([tensor]) => tensor),
    ...STORAGES.map((name) => new PickleGlobal(`torch.${name}`)),
  ],
  persistent: storageOf,
};

/** Arguments: (storage, offset, shape, strides, requires_grad, hooks, metadata). Metadata marks negated and conjugated views. */
function rebuiltTensor(args: readonly unknown[]): PickledTensor {
  const [storage, offset, shape, strides, , , changes] = args;
  if (changes instanceof Map && changes.size > 0)
    throw new PickleError('it has a tensor that is a negated or conjugated view');
  if (isStorage(storage) && isCount(offset) && isCounts(shape) && isCounts(strides) && shape.length === strides.length)
    return new PickledTensor(storage, offset, shape, strides);
  throw new PickleError('it makes a tensor of something other than a storage, an offset, a shape and strides');
}

/** A persistent id: ('storage', torch.FloatStorage, key, device, number of values). */
function storageOf(id: unknown): Storage {
  const [what, type, key] = Array.isArray(id) ? id : [];
  if (what === 'storage' && type instanceof PickleGlobal && typeof key === 'string')
    return { key, type: type.name.slice('torch.'.length) };
  throw new PickleError('it refers to something other than a storage');
}

function isStorage(value: unknown): value is Storage {
  return typeof value === 'object' && value !== null && 'key' in value && 'type' in value;
}

/** Keys under which trainers save the state dict beside their own state. */
const NESTED = ['state_dict', 'model_state_dict', 'model', 'module'];

/**
 * The tensors of a data.pkl by name. It holds a state dict, or a dictionary with a state dict under `state_dict`, `model_state_dict`,
 * `model` or `module`. Other entries of such a dictionary are ignored.
 * @throws PickleError when the pickle holds anything else
 */
export function unpickleStateDict(pickle: Buffer): Map<string, PickledTensor> {
  const top = dictionary(unpickle(pickle, WORLD), 'it');
  const nested = NESTED.filter((key) => top.get(key) instanceof Map);
  if (nested.length > 1)
    throw new PickleError(`it has tensors under ${nested.join(' and ')}; save only the state dict to convert`);
  const [key] = nested;
  const tensors = new Map<string, PickledTensor>();
  for (const [name, value] of key === undefined ? top : dictionary(top.get(key), key)) {
    if (typeof name !== 'string' || !(value instanceof PickledTensor))
      throw new PickleError(`the value of ${keyName(name)} is not a tensor; expected a state dict, name -> tensor`);
    tensors.set(name, value);
  }
  return tensors;
}

function dictionary(value: unknown, what: string): Map<unknown, unknown> {
  if (value instanceof Map) return value;
  throw new PickleError(`${what} is not a dictionary; expected a state dict, name -> tensor`);
}
