import { jsonText } from '../../json/json-text.js';
import type { ArrowColumn, ArrowMetadata } from '../../tables/arrow-reader.js';
import { type Conversion, SpooledLines } from '../columnar/spooled-lines.js';
import type { Leftovers } from '../files/new-file.js';
import type { FileTarget } from '../files/target.js';
import { BufferedLines } from './buffered-lines.js';
import type { ExampleWriter } from './example-writer.js';

interface ExampleTable {
  columns: readonly ArrowColumn[];
  convert: Conversion;
  metadata(): Promise<ArrowMetadata>;
}

/** Writes examples to a file of a format with columns. @throws StarlingError E_EXISTS, E_USAGE */
export async function spooledExamples(
  target: FileTarget,
  leftovers: Leftovers,
  { columns, convert, metadata }: ExampleTable,
): Promise<ExampleWriter> {
  const spool = await SpooledLines.open(target, leftovers, {
    convert,
    metadata,
    columns: () => columns.map((column) => ({ ...column, json: false })),
    remedy: (partial) => `the examples are kept in ${partial} as JSON lines`,
  });
  const lines = new BufferedLines((data) => spool.append(data));
  return {
    file: spool.file,
    lost: spool.lost,
    write(example) {
      const line = `${jsonText(example)}\n`;
      spool.count(Buffer.byteLength(line));
      return lines.add(line);
    },
    async prepare() {
      await lines.flush();
      return spool.prepare();
    },
    async finish() {
      await lines.flush();
      await spool.finish();
    },
    async abandon() {
      await lines.flush().catch(() => {});
      return spool.abandon();
    },
  };
}
