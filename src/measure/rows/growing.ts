const FIRST_CAPACITY = 16;

/** A growable list of doubles, 8 bytes each. */
export class GrowingFloats {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** A view of the items, valid until the next `push`. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** Item i becomes what was item `places[i]`; items that are not listed are removed. @param scratch from `scratchFor` */
  reorder(places: Int32Array, scratch = scratchFor(this.#length)): void {
    move(this.#values, new Float64Array(scratch, 0, this.#length), places);
    this.#length = places.length;
  }

  #grow(): void {
    const larger = new Float64Array(Math.max(FIRST_CAPACITY, 2 * this.#values.length));
    larger.set(this.#values);
    this.#values = larger;
  }
}

/** A growable list of 32-bit integers, 4 bytes each. */
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

  /** A view of the items, valid until the next `push`. */
  get values(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }

  /** Item i becomes what was item `places[i]`; items that are not listed are removed. @param scratch from `scratchFor` */
  reorder(places: Int32Array, scratch = scratchFor(this.#length)): void {
    move(this.#values, new Int32Array(scratch, 0, this.#length), places);
    this.#length = places.length;
  }

  /** Replaces each value by `numbers[value]`; negative values stay. */
  renumber(numbers: Int32Array): void {
    const { values } = this;
    for (let i = 0; i < values.length; i++) if (values[i] >= 0) values[i] = numbers[values[i]];
  }

  #grow(): void {
    const larger = new Int32Array(Math.max(FIRST_CAPACITY, 2 * this.#values.length));
    larger.set(this.#values);
    this.#values = larger;
  }
}

/** A buffer in which lists of up to `length` numbers are reordered, one after the other. One buffer a list would be much garbage. */
export function scratchFor(length: number): ArrayBuffer {
  return new ArrayBuffer(Float64Array.BYTES_PER_ELEMENT * length);
}

function move<Values extends Float64Array | Int32Array>(values: Values, before: Values, places: Int32Array): void {
  before.set(values.subarray(0, before.length));
  for (let i = 0; i < places.length; i++) values[i] = before[places[i]];
}
