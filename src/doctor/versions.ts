import type { Check } from '../types.js';

export interface Versions {
  starling_rm: string;
  node: string;
  onnxruntime: string;
}

/** What package.json asks for. */
const OLDEST_NODE = [20, 10] as const;

export function versionsCheck(versions: Versions): Check {
  const [major, minor] = versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  return {
    check: 'versions',
    verdict: isOld ? 'fail' : 'ok',
    found: `starling-rm ${versions.starling_rm}, node ${versions.node}, onnxruntime ${versions.onnxruntime}`,
    ...(isOld && { remedy: `install Node ${OLDEST_NODE.join('.')} or newer` }),
    details: { ...versions },
  };
}
