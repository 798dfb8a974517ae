const FIRST_CAPACITY = 16;

/** A list of numbers that grows, 8 bytes each. */
export class GrowingFloats {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** A view of what is there: valid until the next `push`. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }
}

/** A list of 32-bit integers that grows, 4 bytes each. */
export class GrowingInts {
  #values = new Int32Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** `undefined` if there is none. */
  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.#values[this.#length - 1];
  }

  addToLast(value: number): void {
    this.#values[this.#length - 1] += value;
  }

  /** A view of what is there: valid until the next `push`. */
  get values(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }
}
