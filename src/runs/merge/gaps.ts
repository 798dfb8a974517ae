/** Counts the rows between the first of the input and the last that is there, of which there is no line. */
export class Gaps {
  rows = 0;
  /** Index of the first such row. */
  first: number | undefined;
  /** Index of the last line. */
  last = -1;

  /** Called with the indexes of all lines, in ascending order. */
  add(index: number): void {
    const expected = this.last + 1;
    if (index > expected) {
      this.rows += index - expected;
      this.first ??= expected;
    }
    this.last = index;
  }
}
