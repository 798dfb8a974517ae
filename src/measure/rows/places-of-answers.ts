/** Indexes of the answers of rows, row after row. Row i has `sizes[i]` adjacent answers from `starts[i]`. */
export function placesOfAnswers(starts: Int32Array, sizes: Int32Array): Int32Array {
  const places = new Int32Array(sizes.reduce((sum, size) => sum + size, 0));
  let next = 0;
  starts.forEach((start, row) => {
    for (let i = 0; i < sizes[row]; i++) places[next++] = start + i;
  });
  return places;
}
