import { fstatSync, readFileSync } from 'node:fs';
import type { Input } from '../../../read/inputs/inputs.js';
import type { ChoiceSettings } from '../settings.js';
import type { ProgressEnd } from './progress.js';

/** How much there is to do, by the files and by what is chosen of them. */
export function progressEnd(inputs: readonly Input[], { sample, limit }: ChoiceSettings): ProgressEnd {
  const bytes = inputs.reduce((sum, input) => sum + bytesOf(input), 0);
  return { bytes, limit, sample };
}

/** NaN where there is no end to be known. Standard input may be a file too: `score < rows.jsonl`. */
function bytesOf({ kind, size = Number.NaN }: Input): number {
  if (kind !== 'stdin') return size;
  const found = fstatSync(0);
  return found.isFile() ? found.size - positionOf(0) : Number.NaN;
}

/** Whoever began to read it may have left it in the middle. Only Linux says where. */
function positionOf(descriptor: number): number {
  try {
    return Number(/^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
