import { oneLine } from '../../contracts/errors.js';

/** A line for people. */
export function tell(line: string): void {
  process.stderr.write(`starling-rm: ${oneLine(line)}\n`);
}
