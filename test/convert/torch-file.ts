import { type Member, zipArchive } from './zip-archive.js';

export interface TorchTensor {
  name: string;
  /** `HalfStorage` */
  storage: string;
  shape: readonly number[];
  /** The stored bytes of its values, in order. */
  parts: Iterable<Buffer>;
}

/** Yields, in parts, the file that torch.save writes for a dictionary of tensors. */
export function torchFile(tensors: readonly TorchTensor[]): Generator<Buffer> {
  const data = tensors.map(({ parts }, i) => ({ name: `archive/data/${i}`, parts }));
  return zipArchive([
    member('data.pkl', stateDictPickle(tensors)),
    member('byteorder', 'little'),
    ...data,
    member('version', '3\n'),
  ]);
}

export function member(name: string, content: Buffer | string): Member {
  return { name: `archive/${name}`, parts: [Buffer.from(content)] };
}

/** { name: _rebuild_tensor_v2(storage i, 0, shape, strides, False, OrderedDict()), … } in protocol 2. */
export function stateDictPickle(tensors: readonly Omit<TorchTensor, 'parts'>[]): Buffer {
  const items = tensors.flatMap(({ name, storage, shape }, i) => {
    const strides = shape.map((_, axis) => product(shape.slice(axis + 1)));
    const id = [
      '(',
      text('storage'),
      `ctorch\n${storage}\n`,
      text(String(i)),
      text('cpu'),
      integer(product(shape)),
      't',
      'Q',
    ];
    const args = ['(', ...id, integer(0), tuple(shape), tuple(strides), '\x89', 'ccollections\nOrderedDict\n)R', 't'];
    return [text(name), 'ctorch._utils\n_rebuild_tensor_v2\n', ...args, 'R'];
  });
  return Buffer.concat(['\x80\x02}(', ...items, 'u.'].map((part) => Buffer.from(part, 'latin1')));
}

function product(extents: readonly number[]): number {
  return extents.reduce((a, b) => a * b, 1);
}

function text(value: string): string {
  return `X${number32(value.length)}${value}`;
}

function integer(value: number): string {
  return `J${number32(value)}`;
}

function tuple(values: readonly number[]): string {
  return `(${values.map(integer).join('')}t`;
}

function number32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes.toString('latin1');
}
