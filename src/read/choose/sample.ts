import { createHash } from 'node:crypto';
import { RowError } from '../../contracts/errors.js';

/** What an item drew, and where it stood. */
interface Ticket<Item> {
  draw: number;
  position: number;
  item: Item;
}

/** Bytes of a draw: a whole number that a double holds. */
const DRAW_BYTES = 6;

/**
 * A uniform sample of `size` items. Every item draws a number that depends on the seed and its position alone, and the smallest are
 * kept: a larger sample of the same seed has the smaller one in it, and the same rows in another format give the same sample.
 * About twice `size` items are held.
 */
export class Draw<Item> {
  readonly #size: number;
  readonly #seed: number;
  #held: Ticket<Item>[] = [];
  #position = 0;

  constructor(size: number, seed: number) {
    this.#size = size;
    this.#seed = seed;
  }

  add(item: Item): void {
    const position = this.#position++;
    this.#held.push({ draw: drawn(this.#seed, position), position, item });
    if (this.#held.length > 2 * this.#size) this.#held = this.#smallest();
  }

  /** The sample of what was added, in the order in which it was; all of it if there is no more. */
  items(): Item[] {
    return this.#smallest()
      .sort((a, b) => a.position - b.position)
      .map(({ item }) => item);
  }

  #smallest(): Ticket<Item>[] {
    return this.#held.sort((a, b) => a.draw - b.draw || a.position - b.position).slice(0, this.#size);
  }
}

/** A `Draw` of the items, all of which are read before the first is given. A RowError is no item: it is given when it comes. */
export async function* sample<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  size: number,
  seed: number,
): AsyncGenerator<Item | RowError> {
  const draw = new Draw<Item>(size, seed);
  for await (const item of items) {
    if (item instanceof RowError) yield item;
    else draw.add(item);
  }
  yield* draw.items();
}

/** The first bits of the SHA-256 of `seed:position`. */
function drawn(seed: number, position: number): number {
  return createHash('sha256').update(`${seed}:${position}`).digest().readUIntBE(0, DRAW_BYTES);
}
