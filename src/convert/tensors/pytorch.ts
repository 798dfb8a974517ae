import { FLOAT_BYTES, type Floats } from './floats.js';
import { openTensors } from './open-tensors.js';
import { PickleError } from './pickle/machine.js';
import { type PickledTensor, unpickleStateDict } from './state-dict.js';
import { type StoredTensor, type StoredTensors, storedFloats } from './stored-tensor.js';
import type { TensorFile } from './tensor-file.js';
import { checkMember, type ZipMember, zipMembers } from './zip.js';

const FLOATS: ReadonlyMap<string, Floats> = new Map([
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
]);

/** The pickle of a 34B trunk's names and shapes takes 60 KB. */
const MAX_PICKLE_BYTES = 100_000_000;

/**
 * Opens a file of torch.save and reads only its pickle, which lists the name, shape and place of each tensor. The file is a zip archive of
 * uncompressed members under one folder: data.pkl, byteorder, data/0, data/1, …
 * Source: torch/serialization.py and caffe2/serialize/inline_container.h of PyTorch.
 * @throws StarlingError E_CHECKPOINT when the file is missing, truncated, of another format, or its pickle needs more than tensors
 */
export function openPytorch(file: string): Promise<StoredTensors> {
  return openTensors(file, readArchive);
}

async function readArchive(bytes: TensorFile): Promise<Map<string, StoredTensor>> {
  await checkFormat(bytes);
  const archive = await openArchive(bytes);
  const pickled = await stateDict(archive);
  return new Map([...pickled].map(([name, tensor]) => [name, storedTensor(name, tensor, archive)]));
}

/** Refuses older formats. Files of PyTorch before 1.6 begin with a pickled magic number; before 0.1.10 they are tar archives. */
async function checkFormat(bytes: TensorFile): Promise<void> {
  const start = await bytes.read(0, Math.min(bytes.size, 512));
  const isPickle = start.subarray(0, 14).equals(Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex'));
  const isTar = start.subarray(257, 262).toString('latin1') === 'ustar';
  if (!isPickle && !isTar) return;
  const [version, safe] = isPickle ? ['1.6', 'True'] : ['0.1.10, in which it can hold programs', 'False'];
  // The command names FILE and not the real path: users paste it into a shell, and a path can contain shell syntax.
  const remedy = `python -c "import sys, torch; f = sys.argv[1]; torch.save(torch.load(f, map_location='cpu', weights_only=${safe}), f)" FILE`;
  throw bytes.broken(`it has the format of PyTorch before ${version}; save it again: ${remedy}`);
}

interface Archive {
  bytes: TensorFile;
  /** @throws StarlingError E_CHECKPOINT when there is none */
  member(name: string): ZipMember;
  /** Verifies the checksum of a member, once. @throws StarlingError E_CHECKPOINT when the member is damaged */
  check(member: ZipMember): Promise<void>;
}

async function openArchive(bytes: TensorFile): Promise<Archive> {
  const members = await zipMembers(bytes);
  const [folder, ...others] = [...members.keys()]
    .filter((name) => /^[^/]+\/data\.pkl$/.test(name))
    .map((name) => name.slice(0, -'data.pkl'.length));
  if (folder === undefined || others.length > 0)
    throw bytes.broken('it is not a zip archive of torch.save; expected one data.pkl in it');
  if (members.has(`${folder}constants.pkl`))
    throw bytes.broken('it is a TorchScript program; expected torch.save(model.state_dict(), …)');
  const order = members.get(`${folder}byteorder`);
  if (order !== undefined && (await bytes.read(order.start, Math.min(order.bytes, 16))).toString('latin1') !== 'little')
    throw bytes.broken('its byteorder is not "little"; save it again on a little-endian machine');
  const checks = new Map<ZipMember, Promise<void>>();
  return {
    bytes,
    check(member) {
      const check = checks.get(member) ?? checkMember(bytes, member);
      checks.set(member, check);
      return check;
    },
    member(name) {
      const member = members.get(folder + name);
      if (member === undefined) throw bytes.broken(`its archive lacks ${folder}${name}`);
      return member;
    },
  };
}

async function stateDict({ bytes, member, check }: Archive): Promise<Map<string, PickledTensor>> {
  const place = member('data.pkl');
  if (place.bytes > MAX_PICKLE_BYTES)
    throw bytes.broken(`its pickle of ${place.bytes} bytes is too large for names and shapes`);
  await check(place);
  try {
    return unpickleStateDict(await bytes.read(place.start, place.bytes));
  } catch (cause) {
    if (!(cause instanceof PickleError)) throw cause;
    throw bytes.broken(`its pickle cannot be read (no code of it was run): ${cause.message}`);
  }
}

function storedTensor(name: string, tensor: PickledTensor, { bytes, member, check }: Archive): StoredTensor {
  const { storage, offset, shape } = tensor;
  const floats = FLOATS.get(storage.type);
  const place = member(`data/${storage.key}`);
  const size = floats === undefined ? 0 : FLOAT_BYTES[floats];
  const count = shape.reduce((product, extent) => product * extent, 1);
  if ((offset + count) * size > place.bytes)
    throw bytes.broken(`tensor ${name} of shape [${shape}] reaches beyond its storage of ${place.bytes} bytes`);
  return storedFloats({ name, shape, file: bytes.file, floats }, async (from, to) => {
    if (floats === undefined)
      throw bytes.broken(`tensor ${name} is a ${storage.type}; expected FloatStorage, HalfStorage or BFloat16Storage`);
    if (!tensor.isContiguous)
      throw bytes.broken(`tensor ${name} is a view with strides [${tensor.strides}]; save tensor.contiguous() instead`);
    // The checksum covers the whole storage, of which a tensor can be a part. The read after it comes from the system's file cache.
    await check(place);
    return { floats, bytes: await bytes.read(place.start + (offset + from) * size, (to - from) * size) };
  });
}
