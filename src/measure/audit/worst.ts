/** The few items of greatest badness; of equally bad ones those that come first in an order of their own. Holds no more than that. */
export class Worst<Item> {
  readonly #most: number;
  readonly #inOrder: (a: Item, b: Item) => number;
  readonly #held: { badness: number; item: Item }[] = [];

  /** @param inOrder tells equally bad items apart by what they are, so that those held do not depend on which came first */
  constructor(most: number, inOrder: (a: Item, b: Item) => number) {
    this.#most = most;
    this.#inOrder = inOrder;
  }

  /** @param make is called only if the item may be held */
  add(badness: number, make: () => Item): void {
    const held = this.#held;
    if (held.length === this.#most && (held.length === 0 || badness < held[held.length - 1].badness)) return;
    const item = make();
    let place = held.length;
    while (place > 0 && this.#isWorse(badness, item, held[place - 1])) place--;
    if (place === this.#most) return;
    held.splice(place, 0, { badness, item });
    held.length = Math.min(held.length, this.#most);
  }

  #isWorse(badness: number, item: Item, than: { badness: number; item: Item }): boolean {
    if (badness !== than.badness) return badness > than.badness;
    return this.#inOrder(item, than.item) < 0;
  }

  /** The worst first. */
  get items(): Item[] {
    return this.#held.map(({ item }) => item);
  }
}
