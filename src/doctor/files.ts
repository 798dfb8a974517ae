import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Check } from '../contracts/check.js';
import { isServedWeights } from '../model/files.js';
import type { FileReader } from '../model/kept-files.js';

type State = 'same' | 'altered' | 'missing' | 'elsewhere';

const REMEDY = 'copy the model folder again, or convert the checkpoint again';

/** Checks that every file of a model folder has the digest in reward.json. */
export async function filesCheck(folder: string, reader: FileReader): Promise<Check> {
  if (isExternal(folder)) {
    const found = 'external model: there are no digests to check';
    return {
      check: 'files',
      verdict: 'warn',
      found,
      remedy: 'keep your own digests, or convert the original checkpoint',
    };
  }
  const files = await vouchedFor(join(folder, 'reward.json'), reader);
  if (files === undefined) {
    const found = `no reward.json with digests in ${folder}`;
    return { check: 'files', verdict: 'fail', found, remedy: 'make a model folder with starling-rm convert' };
  }
  const states: Record<string, State> = {};
  for (const [name, expected] of Object.entries(files))
    states[name] = await stateOf(join(folder, name), expected, reader);
  const wrong = Object.entries(states).filter(([, state]) => state === 'altered' || state === 'missing');
  const here = Object.values(states).filter((state) => state === 'same').length;
  return {
    check: 'files',
    verdict: wrong.length > 0 ? 'fail' : 'ok',
    found:
      wrong.length > 0
        ? wrong.map(([name, state]) => `${name} is ${state}`).join(', ')
        : `${here} files have the SHA-256 of reward.json${here < Object.keys(states).length ? '; the weights are elsewhere' : ''}`,
    ...(wrong.length > 0 && { remedy: REMEDY }),
    details: { folder, expected_sha256: files, states },
  };
}

function isExternal(folder: string): boolean {
  return existsSync(join(folder, 'config.json')) && !existsSync(join(folder, 'reward.json'));
}

async function vouchedFor(reward: string, reader: FileReader): Promise<Record<string, unknown> | undefined> {
  try {
    const { files } = JSON.parse((await reader.text(reward)) ?? '');
    return typeof files === 'object' && files !== null ? files : undefined;
  } catch {
    return undefined;
  }
}

async function stateOf(path: string, expected: unknown, reader: FileReader): Promise<State> {
  const found = await stat(path).catch(() => undefined);
  // A server that has the weights may be another machine.
  if (!found?.isFile()) return isServedWeights(basename(path)) ? 'elsewhere' : 'missing';
  return (await reader.sha256(path)) === expected ? 'same' : 'altered';
}
