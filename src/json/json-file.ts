import { StarlingError } from '../contracts/errors.js';
import { fileTextIfAny } from './file-text.js';

/**
 * A JSON object from a file of the checkpoint.
 * @param otherwise what it is when there is no such file; without it that is an error
 * @throws StarlingError E_CHECKPOINT
 */
export async function readJson(file: string, otherwise?: Record<string, unknown>): Promise<Record<string, unknown>> {
  const text = await fileTextIfAny(file).catch((cause: unknown) => {
    throw new StarlingError('E_CHECKPOINT', `this cannot be read: ${(cause as Error).message}`, { file }, cause);
  });
  if (text === undefined) {
    if (otherwise) return otherwise;
    const problem = 'the checkpoint lacks this file; expected a Hugging Face model folder';
    throw new StarlingError('E_CHECKPOINT', problem, { file });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new StarlingError('E_CHECKPOINT', 'not a JSON object', { file });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
