import type { RawRecord, Source } from '../raw-record.js';
import { type JsonLimits, jsonRecord } from './json-line.js';
import { type Line, LineSplitter } from './lines.js';

/** The records of JSONL text: one for each line that is not blank. */
export function jsonLines(pieces: AsyncIterable<Buffer>, firstByte: number, limits: JsonLimits): Source {
  return splitSource(pieces, new LineSplitter(limits.maxLineBytes, firstByte), limits);
}

/** Cuts text into parts with one record each. */
export interface Splitter {
  push(piece: Buffer): Iterable<Line>;
  /** Called once, at the end of the text. */
  end(): Iterable<Line>;
}

/** The records in the parts that a splitter makes, in one batch for each piece of text. */
export function splitSource(pieces: AsyncIterable<Buffer>, splitter: Splitter, limits: JsonLimits): Source {
  let count = 0;
  function* records(lines: Iterable<Line>): Generator<RawRecord> {
    for (const line of lines) {
      const record = jsonRecord(line, count, limits);
      if (record === undefined) continue;
      count++;
      yield record;
    }
  }
  async function* batches(): AsyncGenerator<Iterable<RawRecord>> {
    for await (const piece of pieces) yield records(splitter.push(piece));
    yield records(splitter.end());
  }
  return { batches: batches(), count: () => count };
}
