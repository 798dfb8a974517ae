import { StarlingError } from '../../../contracts/errors.js';
import { readJsonObject } from '../../../json/json-file.js';
import { isObject, type JsonObject } from '../../../json/json-object.js';

/** What a calibration says of a model that it was measured with. */
export interface CalibratedModel {
  model: string;
  sha256: string;
  dtype: string;
}

/** A file of `evaluate --json`, as far as probabilities need it. */
export interface CalibrationFile {
  /** As the user named it. */
  file: string;
  /** T of P(i beats j) = sigmoid((score i - score j) / T), above 0. */
  temperature: number;
  /** Empty if the file does not say. */
  models: readonly CalibratedModel[];
}

/** Settings of a command whose rankings may have probabilities. */
export interface Calibrated {
  calibration?: CalibrationFile;
}

const ERRORS = {
  code: 'E_NO_INPUT',
  absent: 'there is no such file; make it with starling-rm evaluate --json FILE',
  unreadable: (why: string) => `the file cannot be read: ${why}`,
  invalid: 'not valid JSON; expected what starling-rm evaluate --json writes',
} as const;

/** @throws StarlingError E_NO_INPUT if the file cannot be read or has no T */
export async function readCalibration(file: string): Promise<CalibrationFile> {
  const evaluation = await readJsonObject(file, ERRORS);
  const { calibration } = evaluation;
  const found = isObject(calibration) && isObject(calibration.temperature) ? calibration.temperature : undefined;
  if (found === undefined) {
    const problem = 'this has no calibration.temperature; expected what starling-rm evaluate --json writes';
    throw new StarlingError('E_NO_INPUT', problem, { file });
  }
  const { value: temperature, reason } = found;
  if (typeof temperature === 'number' && Number.isFinite(temperature) && temperature > 0)
    return { file, temperature, models: modelsIn(evaluation) };
  const why = typeof reason === 'string' ? reason : `calibration.temperature.value is ${JSON.stringify(temperature)}`;
  throw new StarlingError('E_NO_INPUT', `this calibration has no T above 0: ${why}`, { file });
}

function modelsIn({ scored_by: scoredBy }: JsonObject): CalibratedModel[] {
  const listed = Array.isArray(scoredBy) ? scoredBy.filter(isObject) : [];
  return listed.flatMap(({ model, model_sha256: sha256, dtype }) =>
    typeof model === 'string' && typeof sha256 === 'string' && typeof dtype === 'string'
      ? [{ model, sha256, dtype }]
      : [],
  );
}
