import type { Unpaired } from '../../contracts/agreement.js';
import { shortestFirst } from '../rows/shortest-first.js';

const NAMED = 10;

/** Counts unpaired rows and holds the first ten names in the order of `shortestFirst`. */
export class UnpairedRows {
  #rows = 0;
  readonly #names: string[] = [];

  /** @param rows number of rows of this name */
  add(name: string, rows = 1): void {
    this.#rows += rows;
    for (let row = 0; row < Math.min(rows, NAMED); row++) this.#hold(name);
  }

  copy(): UnpairedRows {
    const copy = new UnpairedRows();
    copy.#rows = this.#rows;
    copy.#names.push(...this.#names);
    return copy;
  }

  unpaired(): Unpaired {
    return { rows: this.#rows, names: [...this.#names] };
  }

  #hold(name: string): void {
    const names = this.#names;
    let place = names.length;
    while (place > 0 && shortestFirst(name, names[place - 1]) < 0) place--;
    names.splice(place, 0, name);
    names.length = Math.min(names.length, NAMED);
  }
}
