import type { Check } from '../contracts/check.js';

export interface Versions {
  starling_rm: string;
  node: string;
  onnxruntime: string;
}

/** `engines.node` of package.json; a test compares them. */
export const NODE_VERSIONS = '>=20.15 <21 || >=22.2';

export function versionsCheck(versions: Versions): Check {
  const isSupported = isInRange(versions.node, NODE_VERSIONS);
  return {
    check: 'versions',
    verdict: isSupported ? 'ok' : 'fail',
    found: `starling-rm ${versions.starling_rm}, node ${versions.node}, onnxruntime ${versions.onnxruntime}`,
    ...(!isSupported && { remedy: `install Node ${NODE_VERSIONS}` }),
    details: { ...versions },
  };
}

/** @param range an npm range of `>=` and `<` bounds: alternatives joined by `||`, each with bounds that must all hold */
function isInRange(version: string, range: string): boolean {
  return range.split('||').some((bounds) =>
    bounds
      .trim()
      .split(/\s+/)
      .every((bound) =>
        bound.startsWith('>=') ? compared(version, bound.slice(2)) >= 0 : compared(version, bound.slice(1)) < 0,
      ),
  );
}

/** Below 0 where `version` is older than `bound`. Only the parts that `bound` has are compared. */
function compared(version: string, bound: string): number {
  const parts = version.split('.').map(Number);
  const differences = bound.split('.').map((part, i) => parts[i] - Number(part));
  return differences.find((difference) => difference !== 0) ?? 0;
}
