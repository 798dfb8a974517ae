import type { ErrorCode } from '../contracts/exit-codes.js';
import type { ScoreIdentity } from '../contracts/identity.js';
import { parsedJson } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';

const TEXTS = ['engine', 'model', 'model_sha256', 'dtype', 'readout', 'device', 'runtime', 'template', 'tool'] as const;
const CODE: ErrorCode = 'E_READ';
const PROBLEM = 'this does not say what scored the rankings';

/** Parses the identity in the metadata of a file. @throws StarlingError E_READ if the text is not an identity */
export function identityInText(text: string, file: string): ScoreIdentity {
  return checkedIdentity(parsedJson(text, file, { code: CODE, invalid: `${PROBLEM}: it is not JSON` }), file);
}

/** Checks the identity in a run record or in metadata. @throws StarlingError E_READ if it is not an identity */
export function checkedIdentity(value: unknown, file: string): ScoreIdentity {
  const identity = new JsonNode({ file, code: CODE, problem: `${PROBLEM}: ` }, '', value);
  for (const field of TEXTS) identity.at(field).text();
  identity.at('max_length').count();
  for (const feature of identity.at('processor').items()) feature.text();
  return value as ScoreIdentity;
}
