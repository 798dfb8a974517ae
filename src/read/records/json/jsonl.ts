import type { RawRecord, Source } from '../raw-record.js';
import { type JsonLimits, jsonRecord } from './json-line.js';
import { type Line, LineSplitter } from './lines.js';

/** The lines of JSONL text; each that is not blank is a record. */
export function jsonLines(pieces: AsyncIterable<Buffer>, firstByte: number, limits: JsonLimits): Source {
  return splitSource(pieces, new LineSplitter(limits.maxLineBytes, firstByte), limits);
}

/** Cuts text into what holds a record each. */
export interface Splitter {
  push(piece: Buffer): Iterable<Line>;
  /** Called once, when there is no more text. */
  end(): Iterable<Line>;
}

/** The records between the cuts of a splitter, those of one piece of text at a time. */
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
