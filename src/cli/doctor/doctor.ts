import type { Check } from '../../contracts/check.js';
import { StarlingError } from '../../contracts/errors.js';
import { examination } from '../../doctor/examination.js';
import { availableMemory } from '../../engines/local/workers.js';
import { checkLines } from '../../report/terminal/check-lines.js';
import { openOutput } from '../../write/files/output.js';
import type { Console } from '../common/console/console.js';
import { tellInterrupt } from '../common/stop-signals.js';
import { addGolden } from './add-golden.js';
import type { DoctorSettings } from './settings.js';

/** Runs all checks and writes what each finds. @throws StarlingError E_CHECK if one fails */
export async function doctor(
  { scoring, output: { json }, addsGolden }: DoctorSettings,
  version: string,
  interrupted: AbortSignal,
  console: Console,
): Promise<void> {
  tellInterrupt(interrupted, console);
  if (addsGolden) await addGolden(scoring.model.folder, console, interrupted);
  // Such a folder has no graph that could be examined here.
  if (addsGolden && scoring.run.sessions !== undefined) return;
  const output = await openOutput('-', { force: false });
  const options = { scoring, version, available: availableMemory(), interrupted };
  const found: Check[] = [];
  for await (const check of examination(options)) {
    found.push(check);
    if (!json) await output.write(checkLines(check));
  }
  const failed = found.filter(({ verdict }) => verdict === 'fail');
  const result = { model: scoring.model.folder, ok: failed.length === 0, checks: found };
  if (json) await output.write(`${JSON.stringify(result, null, 2)}\n`);
  if (failed.length > 0) throw new StarlingError('E_CHECK', `failed: ${failed.map(({ check }) => check).join(', ')}`);
}
