import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Database } from '../../../tables/duckdb.js';
import { HeaderGoesOn, type PageHeader, pageHeader } from './page-header.js';

/** So much is read at once of pages that have a checksum, and behind the header of those that have none. */
const AHEAD = 2 ** 18;
const HEADER_AHEAD = 2 ** 12;
/** Readers take none that is longer. */
const MOST_HEADER_BYTES = 2 ** 24;

/** The pages of one column in a row group, one behind the other. */
interface Chunk {
  column: string;
  start: number;
  end: number;
  values: number;
}

interface RowGroup {
  id: number;
  /** Rows that stand before it in the file. */
  firstRow: number;
  rows: number;
  chunks: Chunk[];
}

/** A page that is not what was written. */
export class DamagedPage extends Error {
  /** Rows before it are sound. */
  readonly firstRow: number;

  constructor(what: string, { id, firstRow }: RowGroup, column: string, byte: number) {
    super(`${what}, in row group ${id}, column ${column}, at byte ${byte}`);
    this.name = 'DamagedPage';
    this.firstRow = firstRow;
  }
}

/**
 * Holds the pages of a Parquet file to their CRC-32, where the writer made them: DuckDB reads over them. Row groups are read once, in
 * their order, as far as rows of them are wanted; of pages without a checksum only the headers are read.
 */
export class PageChecks {
  readonly #handle: FileHandle;
  readonly #groups: AsyncGenerator<RowGroup>;
  readonly #firstRow: number;
  readonly #signal: AbortSignal | undefined;
  #checkedRows = 0;
  #hasSums = false;
  #window = { at: 0, bytes: Buffer.alloc(0) };

  /**
   * @param file as it stands in SQL
   * @param firstRow row groups that end before this row are not read
   */
  constructor(
    handle: FileHandle,
    database: Database,
    file: string,
    { firstRow = 0, signal }: { firstRow?: number; signal?: AbortSignal } = {},
  ) {
    this.#handle = handle;
    this.#firstRow = firstRow;
    this.#groups = rowGroups(database, file);
    this.#signal = signal;
  }

  /** The first damaged page of the row groups that the first `rows` rows are in, which are not read again. */
  async damageIn(rows: number): Promise<DamagedPage | undefined> {
    while (this.#checkedRows < rows && !this.#signal?.aborted) {
      const { done, value: group } = await this.#groups.next();
      if (done) return undefined;
      this.#checkedRows = group.firstRow + group.rows;
      if (this.#checkedRows <= this.#firstRow) continue;
      for (const chunk of group.chunks.sort((a, b) => a.start - b.start)) {
        const damage = await this.#damageIn(group, chunk);
        if (damage !== undefined) return damage;
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.#groups.return(undefined);
  }

  async #damageIn(group: RowGroup, { column, start, end, values }: Chunk): Promise<DamagedPage | undefined> {
    let left = values;
    for (let at = start; at < end && left > 0 && !this.#signal?.aborted; ) {
      const header = await this.#header(at);
      if (header === undefined) {
        // DuckDB says so itself; in a file with checksums nothing is left to it.
        return this.#hasSums ? new DamagedPage('a page has no header that can be read', group, column, at) : undefined;
      }
      const { size, length, sum } = header;
      if (sum !== undefined && (await this.#sum(at + size, length)) !== sum)
        return new DamagedPage('the CRC-32 of a page does not fit', group, column, at);
      this.#hasSums ||= sum !== undefined;
      left -= header.values;
      at += size + length;
    }
    return undefined;
  }

  async #header(at: number): Promise<PageHeader | undefined> {
    for (let ahead = this.#hasSums ? AHEAD : HEADER_AHEAD; ; ahead *= 4) {
      const bytes = await this.#bytes(at, ahead, HEADER_AHEAD);
      try {
        return pageHeader(bytes);
      } catch (error) {
        if (!(error instanceof HeaderGoesOn) || ahead >= MOST_HEADER_BYTES) return undefined;
        this.#window = { at: 0, bytes: Buffer.alloc(0) };
      }
    }
  }

  /** `undefined` where the file ends before the page does. */
  async #sum(from: number, length: number): Promise<number | undefined> {
    let sum = 0;
    for (let at = from; at < from + length; ) {
      const bytes = (await this.#bytes(at, AHEAD, 1)).subarray(0, from + length - at);
      if (bytes.length === 0 || this.#signal?.aborted) return undefined;
      sum = crc32(bytes, sum);
      at += bytes.length;
    }
    return sum;
  }

  /** At least `least` bytes, of the last ones that were read or `ahead` others; fewer where the file ends. */
  async #bytes(at: number, ahead: number, least: number): Promise<Buffer> {
    const { at: start, bytes } = this.#window;
    if (at >= start && at + least <= start + bytes.length) return bytes.subarray(at - start);
    const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(ahead), 0, ahead, at);
    this.#window = { at, bytes: buffer.subarray(0, bytesRead) };
    return this.#window.bytes;
  }
}

async function* rowGroups(database: Database, file: string): AsyncGenerator<RowGroup> {
  let group: RowGroup | undefined;
  const sql = `SELECT row_group_id, row_group_num_rows, path_in_schema, num_values,
    coalesce(nullif(dictionary_page_offset, 0), data_page_offset), total_compressed_size FROM parquet_metadata(${file})`;
  for await (const { rows } of database.stream(sql)) {
    for (const [id, count, column, values, start, size] of rows) {
      if (group?.id !== Number(id)) {
        if (group !== undefined) yield group;
        const firstRow: number = group === undefined ? 0 : group.firstRow + group.rows;
        group = { id: Number(id), firstRow, rows: Number(count), chunks: [] };
      }
      const end = Number(start) + Number(size);
      group.chunks.push({ column: String(column), start: Number(start), end, values: Number(values) });
    }
  }
  if (group !== undefined) yield group;
}
