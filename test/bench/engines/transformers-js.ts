import { env, PreTrainedModel, Tensor } from '@huggingface/transformers';
import { serve } from './serve.js';

/** transformers-js.js FOLDER DTYPE NAME THREADS: runs the same export in transformers.js, by its class for unknown architectures. */
const [folder, dtype, name, threads] = process.argv.slice(2);
env.allowRemoteModels = false;
const model = await PreTrainedModel.from_pretrained(folder, {
  dtype: dtype as 'fp32' | 'q8' | 'q4',
  device: 'cpu',
  local_files_only: true,
  model_file_name: name,
  session_options: {
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionMode: 'sequential',
  },
});

await serve(async ({ ids, mask, dims }) => {
  const { logits } = await model({
    input_ids: new Tensor('int64', ids, dims),
    attention_mask: new Tensor('int64', mask, dims),
  });
  return logits.data;
});
