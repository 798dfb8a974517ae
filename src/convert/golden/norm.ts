/** RMSNorm of each row of [rows, gain.length], in float64. Source: arXiv 1910.07467. */
export function rmsNorm(values: Float32Array, gain: Float32Array, epsilon: number): Float32Array<ArrayBuffer> {
  const normed = new Float32Array(values.length);
  const width = gain.length;
  for (let start = 0; start < values.length; start += width) {
    let squares = 0;
    for (let i = 0; i < width; i++) squares += values[start + i] ** 2;
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    for (let i = 0; i < width; i++) normed[start + i] = values[start + i] * scale * gain[i];
  }
  return normed;
}
