import { VERSION } from '../../contracts/version.js';
import { type ScoringSettings, scoreIdentity } from '../../score/open-scorer.js';
import type { Destination } from '../../write/files/same-place.js';
import type { Console, Facts } from './console/console.js';
import { MetricsFile } from './metrics/metrics-file.js';

/** What the log says about a run at its start. */
interface RunFacts {
  command: string;
  paths: readonly string[];
  outputs: readonly Destination[];
  /** How rows are scored, if they are. */
  scoring?: ScoringSettings;
}

/**
 * Runs the work of a command between the first line of its log and the last update of its metrics.
 * @throws StarlingError E_USAGE if metrics cannot be written, and anything that `work` throws
 */
export async function seenRun<Result>(
  { console, metrics, input }: SeenSettings,
  facts: RunFacts,
  work: () => Promise<Result>,
): Promise<Result> {
  await using _metrics = metrics === undefined ? undefined : await MetricsFile.open(metrics, console);
  const others = [
    { flag: '--rejects', target: input.rejects?.target },
    { flag: '--metrics', target: metrics },
  ];
  await console.start(() => startFacts({ ...facts, outputs: [...facts.outputs, ...others] }));
  return await work();
}

interface SeenSettings {
  console: Console;
  metrics?: string;
  input: { rejects?: { target: string } };
}

async function startFacts({ command, paths, outputs, scoring }: RunFacts): Promise<Facts> {
  const written = outputs.filter(({ target }) => target !== undefined);
  return {
    version: VERSION,
    command,
    pid: process.pid,
    inputs: paths.length > 0 ? paths : ['-'],
    outputs: Object.fromEntries(written.map(({ flag, target }) => [flag.replace(/^--/, ''), target])),
    ...(scoring && (await modelFacts(scoring))),
  };
}

/** Facts about the model. A problem with the model is left to the error that ends the run. */
async function modelFacts(scoring: ScoringSettings): Promise<Facts> {
  try {
    const { model, dtype, template, model_sha256 } = await scoreIdentity(scoring);
    return { model, dtype, template, model_sha256 };
  } catch {
    return {};
  }
}
