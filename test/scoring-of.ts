import { LocalSessions } from '../src/engines/local/local-model.js';
import type { PoolOptions } from '../src/engines/local/pool.js';
import type { ModelSettings } from '../src/model/open-model.js';
import type { TextChoice } from '../src/model/texts/text-options.js';
import type { ScoringSettings } from '../src/score/open-scorer.js';

export type Changes = Partial<TextChoice & PoolOptions & Omit<ModelSettings, 'folder'>>;

/**
 * Settings for scoring with the model in `folder`: one worker with one thread, and special tokens in texts as plain text. `changes`
 * overrides them.
 */
export function scoringOf(folder: string, changes: Changes = {}): ScoringSettings {
  const { dtype, readout, logit, workers = 1, threads = 1, device, ...text } = changes;
  return {
    model: { folder, dtype, readout, logit },
    text: { allowSpecial: false, ...text },
    run: new LocalSessions({ workers, threads, device }),
  };
}
