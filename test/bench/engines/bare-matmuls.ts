import { createInterface } from 'node:readline';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * bare-matmuls.js GRAPH THREADS: answers each line `[tokens, …]` of standard input with a line `{ seconds, processorSeconds }`, the sum
 * over one run of the graph for each number of tokens. Inputs are made before the clock starts.
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
  const taken = { seconds: 0, processorSeconds: 0 };
  for (const tokens of JSON.parse(line) as number[]) {
    const given = feeds(tokens);
    const computed = process.cpuUsage();
    const start = performance.now();
    await session.run(given);
    taken.seconds += (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(computed);
    taken.processorSeconds += (user + system) / 1e6;
  }
  process.stdout.write(`${JSON.stringify(taken)}\n`);
}
