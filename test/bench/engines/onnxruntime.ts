import { InferenceSession, Tensor } from 'onnxruntime-node';
import { serve } from './serve.js';

/** onnxruntime.js GRAPH THREADS: runs a standard export in the plain runtime, with all graph optimizations. */
const [graph, threads] = process.argv.slice(2);
const session = await InferenceSession.create(graph, {
  graphOptimizationLevel: 'all',
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
});

await serve(async ({ ids, mask, dims }) => {
  const { logits } = await session.run({
    input_ids: new Tensor('int64', ids, dims),
    attention_mask: new Tensor('int64', mask, dims),
  });
  return logits.data as Float32Array;
});
