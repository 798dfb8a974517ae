import { convertToArrow } from './columnar/arrow-file.js';
import { ArrowStream } from './columnar/arrow-stream.js';
import { type Identify, metadataOf } from './columnar/metadata.js';
import { convertToParquet } from './columnar/parquet.js';
import { refuseStream } from './columnar/refuse-stream.js';
import { SpooledRankings } from './columnar/spooled-rankings.js';
import { type OutputOptions, openOutput } from './files/output.js';
import { targetOf } from './files/target.js';
import { type Format, formatOf } from './format.js';
import type { RankingWriter } from './ranking-writer.js';
import { TEXT_FORMATS } from './text-formats.js';
import { TextRankings } from './text-rankings.js';

export interface RankingsOptions extends OutputOptions {
  /** Default: the one of the target's extension, otherwise JSONL. */
  format?: Format;
  /** Identifies what the scores depend on, for the metadata of Parquet and Arrow. */
  scoredBy?: Identify;
  /** Rankings are written to a file when they have so many bytes together; by default each is written at once. */
  batchBytes?: number;
}

/**
 * Opens a file, standard output, a pipe or a device for rankings.
 * @throws StarlingError E_USAGE for a format that cannot be written there, otherwise as `openOutput`
 */
export async function openRankings(
  target: string | undefined,
  { format: asked, scoredBy, batchBytes = 0, ...options }: RankingsOptions,
): Promise<RankingWriter> {
  const format = formatOf(target, asked);
  if (format !== 'parquet' && format !== 'arrow') {
    return new TextRankings(await openOutput(target, options), TEXT_FORMATS[format], batchBytes);
  }
  const metadata = () => metadataOf(scoredBy);
  const place = await targetOf(target);
  if (place.kind === 'file') {
    const convert = format === 'parquet' ? convertToParquet : convertToArrow;
    return SpooledRankings.open(place, options, { extension: format, convert, metadata, batchBytes });
  }
  refuseStream(format, place);
  return new ArrowStream(await openOutput(target, options), metadata);
}
