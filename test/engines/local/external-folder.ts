import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeSmallTokenizer } from '../../encode/tokenizer-json/small-tokenizer.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';

export interface ExternalChanges {
  /** Name of a graph in test/oracles/foreign. */
  graph?: string;
  /** The bytes of a graph, instead of `graph`. */
  bytes?: Uint8Array;
  /** Path of the graph in the folder. */
  at?: string;
  config?: object;
  settings?: object;
}

/** Writes a folder like other tools: a graph, config.json and a tokenizer. @returns its path */
export function writeFolder(changes: ExternalChanges = {}): string {
  const { graph = 'last-token', bytes, at = 'model.onnx', config, settings = { bos_token: '<s>' } } = changes;
  const folder = tempFolder();
  mkdirSync(dirname(join(folder, at)), { recursive: true });
  if (bytes) writeFileSync(join(folder, at), bytes);
  else copyFileSync(join(ROOT, 'test/oracles/foreign', `${graph}.onnx`), join(folder, at));
  const tokenizer = writeSmallTokenizer({}, settings);
  for (const name of readdirSync(tokenizer)) copyFileSync(join(tokenizer, name), join(folder, name));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ model_type: 'llama', max_position_embeddings: 100, pad_token_id: 0, ...config }),
  );
  return folder;
}
