/** Strings as small integers, numbered from 0 in the order in which they come. */
export class Names {
  readonly #numbers = new Map<string, number>();

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
}
