import type { SortedLines } from './sorted-lines.js';

/** Files by the index of their next line, the least first. */
export class LineHeap {
  readonly #files: SortedLines[] = [];

  /** The file with the least index; `undefined` if there is none. */
  get least(): SortedLines | undefined {
    return this.#files[0];
  }

  push(file: SortedLines): void {
    const files = this.#files;
    let at = files.push(file) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (files[parent].next.index <= file.next.index) break;
      files[at] = files[parent];
      at = parent;
    }
    files[at] = file;
  }

  /** Removes the file with the least index. */
  pop(): SortedLines | undefined {
    const files = this.#files;
    const [first] = files;
    const last = files.pop();
    if (last === undefined || files.length === 0) return first;
    let at = 0;
    for (let child = 1; child < files.length; child = 2 * at + 1) {
      const right = child + 1;
      if (right < files.length && files[right].next.index < files[child].next.index) child = right;
      if (files[child].next.index >= last.next.index) break;
      files[at] = files[child];
      at = child;
    }
    files[at] = last;
    return first;
  }
}
