import { jsonText } from '../../json/json-text.js';
import type { Output } from '../files/output.js';
import { BufferedLines } from './buffered-lines.js';
import type { ExampleWriter } from './example-writer.js';

/** Writes examples as JSON lines. */
export function exampleLines(output: Output): ExampleWriter {
  const lines = new BufferedLines((data) => output.write(data));
  return {
    ...unfinishedOf(output),
    write: (example) => lines.add(`${jsonText(example)}\n`),
    async prepare() {
      await lines.flush();
      return output.prepare();
    },
    async finish() {
      await lines.flush();
      await output.finish();
    },
    async abandon() {
      await lines.flush().catch(() => {});
      return output.abandon();
    },
  };
}

/** Where the output is, for `Unfinished`. */
export function unfinishedOf({ file, lost }: Output): Pick<Output, 'file' | 'lost'> {
  return { ...(file !== undefined && { file }), ...(lost && { lost }) };
}
