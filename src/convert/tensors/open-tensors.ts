import type { StoredTensor, StoredTensors } from './stored-tensor.js';
import { TensorFile } from './tensor-file.js';

/** Opens a file and reads its list of tensors with `read`. The file stays open for their values, unless `read` fails. */
export async function openTensors(
  file: string,
  read: (bytes: TensorFile) => Promise<ReadonlyMap<string, StoredTensor>>,
): Promise<StoredTensors> {
  const bytes = await TensorFile.open(file);
  try {
    return { tensors: await read(bytes), close: () => bytes.close() };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}
