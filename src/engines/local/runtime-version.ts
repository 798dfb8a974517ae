import { createRequire } from 'node:module';

/** Version of the runtime, by its package: the library itself takes a tenth of a second to load. */
export const RUNTIME_VERSION: string = createRequire(import.meta.url)('onnxruntime-node/package.json').version;
