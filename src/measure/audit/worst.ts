/** The few items of greatest badness; of equally bad ones those that came first. Holds no more than that. */
export class Worst<Item> {
  readonly #most: number;
  readonly #held: { badness: number; item: Item }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** @param make is called only if the item is held for now */
  add(badness: number, make: () => Item): void {
    const held = this.#held;
    if (held.length === this.#most && (held.length === 0 || badness <= held[held.length - 1].badness)) return;
    let place = held.length;
    while (place > 0 && held[place - 1].badness < badness) place--;
    held.splice(place, 0, { badness, item: make() });
    held.length = Math.min(held.length, this.#most);
  }

  /** The worst first. */
  get items(): Item[] {
    return this.#held.map(({ item }) => item);
  }
}
