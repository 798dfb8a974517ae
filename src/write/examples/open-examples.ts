import type { ArrowColumn } from '../../tables/arrow-reader.js';
import { convertToArrow } from '../columnar/arrow-file.js';
import { type Identify, metadataOf } from '../columnar/metadata.js';
import { convertToParquet } from '../columnar/parquet.js';
import { refuseStream } from '../columnar/refuse-stream.js';
import { type OutputOptions, openOutput } from '../files/output.js';
import { targetOf } from '../files/target.js';
import type { Format } from '../format.js';
import { exampleLines } from './example-lines.js';
import { exampleStream } from './example-stream.js';
import type { ExampleWriter } from './example-writer.js';
import { spooledExamples } from './spooled-examples.js';

/** Formats of files that hold examples: a table of text has no place for lists of messages. */
export const EXAMPLE_FORMATS = ['jsonl', 'parquet', 'arrow'] as const satisfies readonly Format[];
export type ExampleFormat = (typeof EXAMPLE_FORMATS)[number];

export interface ExamplesOptions extends OutputOptions {
  format: ExampleFormat;
  columns: readonly ArrowColumn[];
  /** Identifies what the scores depend on, for the metadata of Parquet and Arrow. */
  scoredBy: Identify;
}

/**
 * Opens a file, standard output, a pipe or a device for examples.
 * @throws StarlingError E_USAGE for a format that cannot be written there, otherwise as `openOutput`
 */
export async function openExamples(
  target: string,
  { format, columns, scoredBy, ...options }: ExamplesOptions,
): Promise<ExampleWriter> {
  if (format === 'jsonl') return exampleLines(await openOutput(target, options));
  const metadata = () => metadataOf(scoredBy);
  const place = await targetOf(target);
  if (place.kind === 'file') {
    const convert = format === 'parquet' ? convertToParquet : convertToArrow;
    return spooledExamples(place, options, { columns, convert, metadata });
  }
  refuseStream(format, place);
  return exampleStream(await openOutput(target, options), columns, metadata);
}
