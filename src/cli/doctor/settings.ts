import type { ScoringSettings } from '../../score/open-scorer.js';
import type { ModelFlags } from '../common/flags.js';
import { scoringSettings } from '../common/settings.js';

export interface DoctorFlags extends ModelFlags {
  json?: boolean;
  golden?: boolean;
}

export interface DoctorSettings {
  scoring: ScoringSettings;
  output: { json: boolean };
  /** Whether golden rows are added to the folder first. */
  addsGolden: boolean;
}

/** @throws StarlingError E_USAGE for flags that contradict each other */
export async function doctorSettings({ json = false, golden = false, ...flags }: DoctorFlags): Promise<DoctorSettings> {
  return { scoring: await scoringSettings(flags), output: { json }, addsGolden: golden };
}
