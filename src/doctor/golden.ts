import type { Check } from '../contracts/check.js';
import type { EngineIdentity } from '../contracts/identity.js';

/** What the servers made of the golden rows. Rewards too far off are an error before this check. */
export function goldenCheck({ runtime, servers = [], served_model, golden }: EngineIdentity): Check {
  const isChecked = typeof golden === 'number';
  const result = isChecked
    ? `golden rows within ${percent(golden)} of their range`
    : 'unchecked: there are no golden rows';
  return {
    check: 'golden rows',
    verdict: isChecked ? 'ok' : 'warn',
    found: `${runtime} at ${servers.join(', ')}; ${result}`,
    ...(!isChecked && { remedy: 'add them to the folder with starling-rm doctor --golden, where its weights are' }),
    details: { runtime, servers, served_model, golden },
  };
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}
