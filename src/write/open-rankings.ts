import { isatty } from 'node:tty';
import { StarlingError } from '../contracts/errors.js';
import type { Ranking } from '../contracts/ranking.js';
import { convertToArrow } from './columnar/arrow-file.js';
import { ArrowStream } from './columnar/arrow-stream.js';
import { convertToParquet } from './columnar/parquet.js';
import { SpooledRankings } from './columnar/spool.js';
import { type Force, type Output, openOutput } from './files/output.js';
import { type Target, targetOf } from './files/target.js';
import { type Format, formatOf, needsFile } from './format.js';
import type { RankingWriter } from './ranking-writer.js';
import { rankingLine } from './rankings.js';
import { TSV_HEADER, tsvLines } from './tsv.js';

/**
 * Opens a file, standard output, a pipe or a device for rankings.
 * @param format else that of the target's extension, else JSONL
 * @throws StarlingError E_USAGE for what cannot be written there, else as `openOutput`
 */
export async function openRankings(
  target: string | undefined,
  { force, format: asked }: Force & { format?: Format },
): Promise<RankingWriter> {
  const format = formatOf(target, asked);
  if (format === 'jsonl' || format === 'tsv') {
    const output = await openOutput(target, { force });
    return format === 'jsonl' ? textWriter(output, '', rankingLine) : textWriter(output, TSV_HEADER, tsvLines);
  }
  const place = await targetOf(target);
  if (place.kind === 'file') {
    const convert = format === 'parquet' ? convertToParquet : convertToArrow;
    return SpooledRankings.open(place, force, format, convert);
  }
  refuseStream(format, place);
  return new ArrowStream(await openOutput(target, { force }));
}

/** The header goes before the first ranking, or is all there is. */
function textWriter(output: Output, header: string, text: (ranking: Ranking) => string): RankingWriter {
  let due = header;
  const write = async (lines: string) => {
    const data = due + lines;
    due = '';
    await output.write(data);
  };
  return {
    file: output.file,
    lost: output.lost,
    write: async (ranking) => write(text(ranking)),
    async finish() {
      await write('');
      await output.finish();
    },
    abandon: () => output.abandon(),
  };
}

function refuseStream(format: Format, place: Target): void {
  if (format === 'parquet') throw needsFile(place.name);
  if (place.kind === 'descriptor' && isatty(place.fd)) {
    throw new StarlingError('E_USAGE', 'Arrow is not for a terminal; give -o FILE, or a pipe', { file: place.name });
  }
}
