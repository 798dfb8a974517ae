import { createInterface } from 'node:readline';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * bare-matmuls.js GRAPH THREADS: answers each line `[tokens, …]` of standard input with a line of the seconds that a run of the graph
 * took for each. Inputs are made before the clock starts.
 */
const [graph, threads] = process.argv.slice(2);
const session = await InferenceSession.create(graph, {
  graphOptimizationLevel: 'all',
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  enableMemPattern: false,
});

function feeds(tokens: number): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    if (!input.isTensor) continue;
    const dims = [1, tokens, Number(input.shape[2])];
    const length = dims[1] * dims[2];
    tensors[input.name] =
      input.type === 'uint8'
        ? new Tensor(
            'uint8',
            Uint8Array.from({ length }, (_, i) => (i * 37) % 256),
            dims,
          )
        : new Tensor(
            'float32',
            Float32Array.from({ length }, (_, i) => Math.sin(i)),
            dims,
          );
  }
  return tensors;
}

for await (const line of createInterface({ input: process.stdin })) {
  let seconds = 0;
  for (const tokens of JSON.parse(line) as number[]) {
    const given = feeds(tokens);
    const start = performance.now();
    await session.run(given);
    seconds += (performance.now() - start) / 1000;
  }
  process.stdout.write(`${seconds}\n`);
}
