/** The header of a page. */
export interface PageHeader {
  /** Bytes of the header. */
  size: number;
  /** Bytes of the page. */
  length: number;
  /** CRC-32 of the page's bytes in the file; absent if the writer did not store one. */
  sum?: number;
  /** Number of column values in the page; 0 for a dictionary. */
  values: number;
}

/** Thrown if more bytes are needed to read the header. */
export class HeaderGoesOn extends Error {}

/** Fields of PageHeader, and of DataPageHeader and DataPageHeaderV2 within it, in parquet.thrift. */
const LENGTH = 3;
const SUM = 4;
const DATA_PAGES = [5, 8];
const VALUES = 1;

/** Types of fields in Thrift's compact protocol. */
const STOP = 0;
const BOOLEANS = [1, 2];
const BYTE = 3;
const INTEGERS = [4, 5, 6];
const DOUBLE = 7;
const BINARY = 8;
const LISTS = [9, 10];
const MAP = 11;
const STRUCT = 12;

const DOUBLE_BYTES = 8;
const MOST_LEVELS = 16;
const MOST_VARINT_BITS = 63;

/**
 * Reads a header from the beginning of `bytes`.
 * @throws HeaderGoesOn; Error if it is not a header
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function pageHeader(bytes: Buffer): PageHeader {
  const reader = new CompactReader(bytes);
  const header: PageHeader = { size: 0, length: -1, values: 0 };
  reader.struct((field, type) => {
    if (field === LENGTH && INTEGERS.includes(type)) header.length = reader.integer();
    else if (field === SUM && INTEGERS.includes(type)) header.sum = reader.integer() >>> 0;
    else if (DATA_PAGES.includes(field) && type === STRUCT)
      reader.struct((inner, kind) => {
        if (inner === VALUES && INTEGERS.includes(kind)) header.values = reader.integer();
        else reader.skip(kind);
      });
    else reader.skip(type);
  });
  if (header.length < 0 || header.values < 0) throw new Error('a page has no length');
  return { ...header, size: reader.at };
}

/** Reads Thrift's compact protocol and skips fields that are not needed. */
class CompactReader {
  at = 0;
  readonly #bytes: Buffer;
  #level = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @param read called for each field, whose value it has to read or skip */
  struct(read: (field: number, type: number) => void): void {
    if (++this.#level > MOST_LEVELS) throw new Error('a header is nested too deeply');
    let field = 0;
    for (let head = this.#byte(); head !== STOP; head = this.#byte()) {
      const step = head >> 4;
      field = step === 0 ? this.integer() : field + step;
      read(field, head & 0xf);
    }
    this.#level--;
  }

  /** An integer in zigzag encoding. */
  integer(): number {
    const value = this.#varint();
    return Number(value & 1n ? -(value >> 1n) - 1n : value >> 1n);
  }

  skip(type: number): void {
    if (BOOLEANS.includes(type)) return;
    if (INTEGERS.includes(type)) this.#varint();
    else if (type === BYTE) this.#pass(1);
    else if (type === DOUBLE) this.#pass(DOUBLE_BYTES);
    else if (type === BINARY) this.#pass(Number(this.#varint()));
    else if (LISTS.includes(type)) this.#list();
    else if (type === MAP) this.#map();
    else if (type === STRUCT) this.struct((_, inner) => this.skip(inner));
    else throw new Error(`a header has a field of an unknown type (${type})`);
  }

  #list(): void {
    const head = this.#byte();
    const length = head >> 4 === 0xf ? Number(this.#varint()) : head >> 4;
    for (let i = 0; i < length; i++) this.#item(head & 0xf);
  }

  #map(): void {
    const length = Number(this.#varint());
    const types = length === 0 ? 0 : this.#byte();
    for (let i = 0; i < length; i++) for (const type of [types >> 4, types & 0xf]) this.#item(type);
  }

  /** Skips an item of a list or map, where a boolean takes a byte; as a field it takes none. */
  #item(type: number): void {
    if (BOOLEANS.includes(type)) this.#pass(1);
    else this.skip(type);
  }

  #varint(): bigint {
    let value = 0n;
    for (let bits = 0n; bits <= MOST_VARINT_BITS; bits += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << bits;
      if (byte < 0x80) return value;
    }
    throw new Error('a header has a number that does not end');
  }

  #byte(): number {
    this.#pass(1);
    return this.#bytes[this.at - 1];
  }

  #pass(length: number): void {
    this.at += length;
    if (this.at > this.#bytes.length) throw new HeaderGoesOn('a header goes on');
  }
}
