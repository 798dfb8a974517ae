/** A row-major matrix. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float32Array<ArrayBuffer>;
}

/**
 * Checkpoints keep a linear layer as [out, in]; the graph multiplies by [in, out]. Several layers that read the same input
 * become one wide matrix, side by side in the order given, so that the graph multiplies once.
 */
export function fuseTransposed(layers: readonly Matrix[]): Matrix {
  const rows = layers[0]?.columns ?? 0;
  const columns = layers.reduce((sum, layer) => sum + layer.rows, 0);
  const values = new Float32Array(rows * columns);
  let offset = 0;
  for (const layer of layers) {
    for (let out = 0; out < layer.rows; out++) {
      for (let i = 0; i < rows; i++) values[i * columns + offset + out] = layer.values[out * rows + i];
    }
    offset += layer.rows;
  }
  return { rows, columns, values };
}
