import { availableParallelism } from 'node:os';
import { productGraph } from '../../convert/golden/product-graph.js';
import type { Multiply } from '../../convert/golden/streamed-rewards.js';

/** Passes a product of matrices in the runtime, with all cores, to `use`. The runtime is loaded for it. */
export async function withMatrixProduct<Result>(use: (multiply: Multiply) => Promise<Result>): Promise<Result> {
  const { MatrixProduct } = await import('../../engines/local/matrix-product.js');
  const product = await MatrixProduct.open(productGraph(), availableParallelism());
  try {
    return await use((input, weights) => product.multiply(input, weights));
  } finally {
    await product.close();
  }
}
