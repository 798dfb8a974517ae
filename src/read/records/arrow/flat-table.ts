const OFFSET_BYTES = 4;
const SLOT_BYTES = 2;
/** A vtable begins with its own length and the length of the table. */
const SLOTS_AT = 2 * SLOT_BYTES;
/** Limit of nesting, as in the official verifiers. */
const MOST_LEVELS = 64;

/** Shared by all tables of a buffer. */
interface Bounds {
  view: DataView;
  /**
   * Number of tables that may still be read. Each table needs an offset to it, so a buffer cannot have more tables than offsets fit into
   * it.
   */
  left: number;
}

/**
 * A table of an untrusted FlatBuffer. Fields are numbered from 0. An absent field has its default value. All methods throw an Error if an
 * offset leads out of the buffer, or if tables contain each other.
 * @see https://flatbuffers.dev/internals/
 */
export class FlatTable {
  readonly #bounds: Bounds;
  readonly #start: number;
  readonly #level: number;
  /** Start and end of the fields' offsets in the vtable. */
  readonly #slots: number;
  readonly #slotsEnd: number;
  readonly #length: number;

  private constructor(bounds: Bounds, start: number, level: number) {
    if (level > MOST_LEVELS || bounds.left-- === 0) throw new Error('its metadata is nested too deeply');
    const { view } = bounds;
    check(view, start, OFFSET_BYTES);
    const list = start - view.getInt32(start, true);
    check(view, list, SLOTS_AT);
    const bytes = view.getUint16(list, true);
    const length = view.getUint16(list + SLOT_BYTES, true);
    if (bytes < SLOTS_AT || length < OFFSET_BYTES) throw outside();
    check(view, list, bytes);
    check(view, start, length);
    this.#bounds = bounds;
    this.#start = start;
    this.#level = level;
    this.#slots = list + SLOTS_AT;
    this.#slotsEnd = list + bytes;
    this.#length = length;
  }

  /** The root table. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    check(view, 0, OFFSET_BYTES);
    return new FlatTable({ view, left: Math.floor(bytes.length / OFFSET_BYTES) }, view.getUint32(0, true), 0);
  }

  /** A number, which is stored in the table itself. */
  number(field: number, kind: 'Uint8' | 'Int16' | 'Int32', otherwise = 0): number {
    const bytes = { Uint8: 1, Int16: 2, Int32: 4 }[kind];
    const at = this.#place(field, bytes);
    if (at === undefined) return otherwise;
    return kind === 'Uint8' ? this.#bounds.view.getUint8(at) : this.#bounds.view[`get${kind}`](at, true);
  }

  /** A 64-bit integer. */
  long(field: number): bigint {
    const at = this.#place(field, 8);
    return at === undefined ? 0n : this.#bounds.view.getBigInt64(at, true);
  }

  text(field: number): string {
    const bytes = this.items(field, 1);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  table(field: number): FlatTable | undefined {
    const at = this.#pointed(field);
    return at === undefined ? undefined : new FlatTable(this.#bounds, at, this.#level + 1);
  }

  tables(field: number): FlatTable[] {
    const offsets = this.items(field, OFFSET_BYTES);
    const first = offsets.byteOffset - this.#bounds.view.byteOffset;
    return Array.from({ length: offsets.byteLength / OFFSET_BYTES }, (_, i) => {
      const at = i * OFFSET_BYTES;
      return new FlatTable(this.#bounds, first + at + offsets.getUint32(at, true), this.#level + 1);
    });
  }

  /** The bytes of a vector with items of `size` bytes; empty if the field is absent. */
  items(field: number, size: number): DataView {
    const at = this.#pointed(field);
    const { view } = this.#bounds;
    if (at === undefined) return new DataView(view.buffer, view.byteOffset, 0);
    check(view, at, OFFSET_BYTES);
    const bytes = view.getUint32(at, true) * size;
    check(view, at + OFFSET_BYTES, bytes);
    return new DataView(view.buffer, view.byteOffset + at + OFFSET_BYTES, bytes);
  }

  /** The target of an offset. */
  #pointed(field: number): number | undefined {
    const at = this.#place(field, OFFSET_BYTES);
    return at === undefined ? undefined : at + this.#bounds.view.getUint32(at, true);
  }

  #place(field: number, bytes: number): number | undefined {
    const slot = this.#slots + field * SLOT_BYTES;
    const place = slot < this.#slotsEnd ? this.#bounds.view.getUint16(slot, true) : 0;
    if (place === 0) return undefined;
    if (place < OFFSET_BYTES || place + bytes > this.#length) throw outside();
    return this.#start + place;
  }
}

function check(view: DataView, at: number, bytes: number): void {
  if (at < 0 || at + bytes > view.byteLength) throw outside();
}

function outside(): Error {
  return new Error('its metadata has an offset out of bounds');
}
