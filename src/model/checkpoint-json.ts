import type { ReadText } from '../json/file-text.js';
import { type JsonErrors, readJsonObject } from '../json/json-file.js';
import type { JsonObject } from '../json/json-object.js';

const ERRORS: JsonErrors = {
  code: 'E_CHECKPOINT',
  absent: 'the checkpoint lacks this file; expected a Hugging Face model folder',
  unreadable: (why) => `this file cannot be read: ${why}`,
  invalid: 'not a JSON object',
};

/**
 * A JSON object from a file of a checkpoint.
 * @param otherwise the value for an absent file; without it an absent file is an error
 * @throws StarlingError E_CHECKPOINT
 */
export function checkpointJson(file: string, otherwise?: JsonObject, read?: ReadText): Promise<JsonObject> {
  return readJsonObject(file, ERRORS, otherwise, read);
}
