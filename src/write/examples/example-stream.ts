import {
  type ArrowColumn,
  type ArrowEncoder,
  type ArrowMetadata,
  openArrowEncoder,
} from '../../tables/arrow-reader.js';
import type { Output } from '../files/output.js';
import { unfinishedOf } from './example-lines.js';
import type { ExampleWriter, WrittenExample } from './example-writer.js';

/** A batch has this many examples. */
const BATCH_ROWS = 1024;

/** Writes examples as an Arrow IPC stream, to a pipe or a device. */
export async function exampleStream(
  output: Output,
  columns: readonly ArrowColumn[],
  metadata: () => Promise<ArrowMetadata>,
): Promise<ExampleWriter> {
  let encoder: ArrowEncoder | undefined;
  let waiting: WrittenExample[] = [];
  let isEnded = false;
  const opened = async () => (encoder ??= await openArrowEncoder(columns, 'stream', await metadata()));
  const flush = async () => {
    if (waiting.length === 0) return;
    const rows = waiting.map((example) => columns.map(({ name }) => example[name]));
    waiting = [];
    await output.write((await opened()).batch(rows));
  };
  const end = async () => {
    if (isEnded) return;
    isEnded = true;
    await flush();
    await output.write((await opened()).end());
  };
  return {
    ...unfinishedOf(output),
    async write(example) {
      waiting.push(example);
      if (waiting.length >= BATCH_ROWS) await flush();
    },
    async prepare() {
      await end();
      return output.prepare();
    },
    async finish() {
      await end();
      await output.finish();
    },
    async abandon() {
      await end().catch(() => {});
      return output.abandon();
    },
  };
}
