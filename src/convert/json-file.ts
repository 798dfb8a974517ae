import { readFile } from 'node:fs/promises';
import { StarlingError } from '../errors.js';

/**
 * A JSON object from a file of the checkpoint.
 * @param otherwise what it is when there is no such file; without it that is an error
 * @throws StarlingError E_CHECKPOINT
 */
export async function readJson(file: string, otherwise?: Record<string, unknown>): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (otherwise) return otherwise;
    throw new StarlingError(
      'E_CHECKPOINT',
      'the checkpoint lacks this file; expected a Hugging Face model folder',
      { file },
      cause,
    );
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
