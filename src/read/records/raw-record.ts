import type { Place, Refused } from '../../contracts/errors.js';
import type { RowPlace } from './row-place.js';

/** A record of an input before it is interpreted. */
export interface RawRecord {
  /** Position in its input, from 0. Records with errors and skipped records count, blank lines do not. */
  position: number;
  /** Its place in the input. */
  place: Place;
  /** Parses the record. @throws RowError if it cannot be parsed */
  value(place: RowPlace): unknown;
  /** The input of the record, for `--rejects`; `undefined` if it was not kept. */
  refused(): Refused | undefined;
}

/** The records of an input. */
export interface Source {
  /** Batches of records. Each record must be used before the next is taken. Leaving early closes the input. */
  batches: AsyncIterable<Iterable<RawRecord>>;
  /** The number of records, once the batches have ended. */
  count(): number;
}
