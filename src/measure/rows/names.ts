/** Strings as small integers, numbered from 0 in the order in which they come, until they are sorted. */
export class Names {
  #numbers = new Map<string, number>();

  get count(): number {
    return this.#numbers.size;
  }

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(name, number);
    return number;
  }

  /** By number. */
  get all(): string[] {
    return [...this.#numbers.keys()];
  }

  /**
   * Numbers the names anew, in the order of their code units, and forgets those that are not in use.
   * @param used numbers
   * @returns the new number of each old one
   */
  sort(used: Int32Array): Int32Array {
    const numbers = new Int32Array(this.count);
    const isUsed = new Uint8Array(this.count);
    for (const number of used) if (number >= 0) isUsed[number] = 1;
    // By code units is what `sort` does unless it is given something else.
    const sorted = this.all.filter((_, number) => isUsed[number] === 1).sort();
    sorted.forEach((name, number) => {
      numbers[this.numberOf(name)] = number;
    });
    this.#numbers = new Map(sorted.map((name, number) => [name, number]));
    return numbers;
  }
}
