import { StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import { fileTextIfAny, type ReadText } from './file-text.js';
import { isObject, type JsonObject } from './json-object.js';

/** How a reader of a JSON file words its errors. */
export interface JsonErrors {
  code: ErrorCode;
  absent: string;
  /** @param why the message of the system's error */
  unreadable: (why: string) => string;
  invalid: string;
}

/**
 * The value in a JSON file.
 * @param otherwise the value for an absent file; without it an absent file is an error
 * @throws StarlingError of `errors`
 */
export async function readJson(
  file: string,
  errors: JsonErrors,
  otherwise?: unknown,
  read: ReadText = fileTextIfAny,
): Promise<unknown> {
  const text = await read(file).catch((cause: Error) => {
    throw new StarlingError(errors.code, errors.unreadable(cause.message), { file }, cause);
  });
  if (text !== undefined) return parsedJson(text, file, errors);
  if (otherwise !== undefined) return otherwise;
  throw new StarlingError(errors.code, errors.absent, { file });
}

/** As `readJson`, for a file that has to hold an object. @throws StarlingError of `errors`, also for any other value */
export async function readJsonObject(
  file: string,
  errors: JsonErrors,
  otherwise?: JsonObject,
  read?: ReadText,
): Promise<JsonObject> {
  const value = await readJson(file, errors, otherwise, read);
  if (isObject(value)) return value;
  throw new StarlingError(errors.code, 'not a JSON object', { file });
}

/** The value in the text of a JSON file. @throws StarlingError with the message `invalid` */
export function parsedJson(
  text: string,
  file: string,
  { code, invalid }: Pick<JsonErrors, 'code' | 'invalid'>,
): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StarlingError(code, invalid, { file }, cause);
  }
}
