import { fstatSync, readFileSync } from 'node:fs';
import type { Input } from '../../../read/inputs/inputs.js';
import type { ChoiceSettings } from '../settings.js';
import type { ProgressEnd } from './progress.js';

/** The amount of work, from the sizes of the files and from `--limit` and `--sample`. A shard has about its share of both. */
export function progressEnd(inputs: readonly Input[], { sample, limit, shard }: ChoiceSettings): ProgressEnd {
  const bytes = inputs.reduce((sum, input) => sum + bytesOf(input), 0);
  const share = (rows: number | undefined) => rows && rows / (shard?.count ?? 1);
  return { bytes, limit: share(limit), sample: share(sample) };
}

/** NaN if the size is unknown. Standard input may be a file, as in `score < rows.jsonl`. */
function bytesOf({ kind, size = Number.NaN }: Input): number {
  if (kind !== 'stdin') return size;
  const found = fstatSync(0);
  return found.isFile() ? found.size - positionOf(0) : Number.NaN;
}

/** Bytes that another process has already read from the descriptor. Known on Linux only; 0 elsewhere. */
function positionOf(descriptor: number): number {
  try {
    return Number(/^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
