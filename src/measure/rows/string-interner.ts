/** String interner: numbers distinct strings from 0, in the order in which they were added until `sort` is called. */
export class StringInterner {
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

  /** The strings, by number. */
  get all(): string[] {
    return [...this.#numbers.keys()];
  }

  /**
   * Renumbers the strings in the order of their UTF-16 code units and forgets those that are not in use.
   * @param used numbers in use; negative ones are ignored
   * @returns the new number of each old one
   */
  sort(used: Int32Array): Int32Array {
    const numbers = new Int32Array(this.count);
    const isUsed = new Uint8Array(this.count);
    for (const number of used) if (number >= 0) isUsed[number] = 1;
    // The default order of `sort` is by code units.
    const sorted = this.all.filter((_, number) => isUsed[number] === 1).sort();
    sorted.forEach((name, number) => {
      numbers[this.numberOf(name)] = number;
    });
    this.#numbers = new Map(sorted.map((name, number) => [name, number]));
    return numbers;
  }
}
