import { StarlingError } from '../../../contracts/errors.js';
import type { ScoreIdentity } from '../../../contracts/identity.js';
import type { Console } from '../console/console.js';
import type { CalibrationFile } from './calibration-file.js';

/**
 * Compares the model of the scores with that of a calibration: T is in the unit of one model's rewards.
 * @param scoredBy what scored, or will score, the rows; empty if that is not known
 * @returns a doubt for users; `undefined` if the models are the same
 * @throws StarlingError E_USAGE if they are two models
 */
export function checkCalibrated(
  { file, models }: CalibrationFile,
  scoredBy: readonly Pick<ScoreIdentity, 'model' | 'model_sha256' | 'dtype'>[],
): string | undefined {
  if (models.length === 0) return `${file} does not say which model it calibrates; its T is in that model's unit`;
  for (const { model, model_sha256: sha256, dtype } of scoredBy) {
    if (models.some((one) => one.sha256 === sha256)) continue;
    const sameName = models.find((one) => one.model === model && one.dtype !== dtype);
    if (sameName === undefined) {
      const problem = `this calibration is of ${models[0].model} ${models[0].dtype}, and the scores are of ${model} ${dtype}`;
      throw new StarlingError('E_USAGE', `${problem}; measure it again with evaluate --json`, { file });
    }
    return `${file} calibrates ${model} ${sameName.dtype}, and the scores are of ${dtype}; the T of another dtype is close, not equal`;
  }
  return undefined;
}

export function tellDoubt(doubt: string | undefined, console: Console): void {
  if (doubt !== undefined) console.tell(doubt, { level: 'warning' });
}
