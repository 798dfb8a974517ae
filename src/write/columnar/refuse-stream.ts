import { isatty } from 'node:tty';
import { StarlingError } from '../../contracts/errors.js';
import type { Target } from '../files/target.js';
import { needsFile } from '../format.js';

/** Refuses columns where they cannot be written. @throws StarlingError E_USAGE for Parquet to a pipe or a device, and Arrow to a terminal */
export function refuseStream(format: 'parquet' | 'arrow', place: Target): void {
  if (format === 'parquet') throw needsFile(place.name);
  if (place.kind === 'descriptor' && isatty(place.fd)) {
    throw new StarlingError('E_USAGE', 'Arrow is not for a terminal; give -o FILE, or a pipe', { file: place.name });
  }
}
