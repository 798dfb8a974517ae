import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { stoppedBy } from '../contracts/errors.js';
import { hashedFile } from '../model/files.js';

/** The hub's digest of a file: SHA-256 for a large one (LFS, Xet), git's SHA-1 for a small one. In hex, both name blobs in the cache. */
export type Digest = { algorithm: 'SHA-256' | 'git SHA-1'; hex: string };

const SHA256 = /^[0-9a-f]{64}$/;
const SHA1 = /^[0-9a-f]{40}$/;

/** Recognizes a digest by its length; `undefined` for anything else. */
export function digestOf(hex: unknown): Digest | undefined {
  if (typeof hex !== 'string') return undefined;
  if (SHA256.test(hex)) return { algorithm: 'SHA-256', hex };
  return SHA1.test(hex) ? { algorithm: 'git SHA-1', hex } : undefined;
}

/**
 * The digest of the bytes on the disk, in hex.
 * @throws Error of the system, or as `stoppedBy`
 */
export async function fileDigest(
  path: string,
  algorithm: Digest['algorithm'],
  interrupted?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm === 'SHA-256' ? 'sha256' : 'sha1');
  // Git hashes a header with the size before the bytes.
  if (algorithm === 'git SHA-1') hash.update(`blob ${(await stat(path)).size}\0`);
  try {
    return await hashedFile(path, hash, interrupted);
  } catch (error) {
    throw interrupted?.aborted ? stoppedBy(interrupted, 'stopped while files of the hub were checked') : error;
  }
}
