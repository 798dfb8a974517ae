/** Holds the top k items by badness. Of equally bad items, those that come first in `inOrder` are held. */
export class TopK<Item> {
  readonly #k: number;
  readonly #inOrder: (a: Item, b: Item) => number;
  readonly #held: { badness: number; item: Item }[] = [];

  /** @param inOrder compares equally bad items by content, so that those held do not depend on the order in which they were added */
  constructor(k: number, inOrder: (a: Item, b: Item) => number) {
    this.#k = k;
    this.#inOrder = inOrder;
  }

  /** @param make is called only if the item may be held */
  add(badness: number, make: () => Item): void {
    const held = this.#held;
    if (held.length === this.#k && (held.length === 0 || badness < held[held.length - 1].badness)) return;
    const item = make();
    let place = held.length;
    while (place > 0 && this.#isWorse(badness, item, held[place - 1])) place--;
    if (place === this.#k) return;
    held.splice(place, 0, { badness, item });
    held.length = Math.min(held.length, this.#k);
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
