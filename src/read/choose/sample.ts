import { createHash } from 'node:crypto';
import { ErrorLine } from '../../contracts/error-line.js';
import { RowError } from '../../contracts/errors.js';

/** An item with its random number and its position in the input. */
interface Ticket<Item> {
  draw: number;
  position: number;
  item: Item;
}

/** Bytes of a random number: an integer that a double holds exactly. */
const DRAW_BYTES = 6;

/**
 * A uniform sample of `size` items. Each item gets a random number that depends only on the seed and the item's position, and the items
 * with the smallest numbers are kept. So with one seed, a larger sample contains the smaller one, and the same rows in another format give
 * the same sample. At most 2 * `size` items are held.
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

  /** The sample in input order; all items if there are no more than `size`. */
  items(): Item[] {
    return this.#smallest()
      .sort((a, b) => a.position - b.position)
      .map(({ item }) => item);
  }

  #smallest(): Ticket<Item>[] {
    return this.#held.sort((a, b) => a.draw - b.draw || a.position - b.position).slice(0, this.#size);
  }
}

/** A sample of the items. All items are read before the first is yielded. An error is not sampled but yielded at once. */
export async function* sample<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  size: number,
  seed: number,
): AsyncGenerator<Item | RowError> {
  const draw = new Draw<Item>(size, seed);
  for await (const item of items) {
    if (item instanceof RowError || item instanceof ErrorLine) yield item;
    else draw.add(item);
  }
  yield* draw.items();
}

/** The first bits of the SHA-256 of `seed:position`. */
function drawn(seed: number, position: number): number {
  return createHash('sha256').update(`${seed}:${position}`).digest().readUIntBE(0, DRAW_BYTES);
}
