import type { Place, Refused } from '../../contracts/errors.js';
import type { RowPlace } from './row-place.js';

/** A record as it stands in an input, before anybody has looked into it. */
export interface RawRecord {
  /** From 0 in its input. Records with errors count, and those that were passed over; blank lines do not. */
  position: number;
  /** Where in its input. */
  place: Place;
  /** What stands there. Throws a RowError if it cannot be understood. */
  value(place: RowPlace): unknown;
  /** For whoever refuses it. */
  refused(): Refused | undefined;
}

/** The records of an input. */
export interface Source {
  /** Some at a time. Each record must be used before the next is taken. Leaving early closes the input. */
  batches: AsyncIterable<Iterable<RawRecord>>;
  /** How many records there were, when the batches have ended. */
  count(): number;
}
