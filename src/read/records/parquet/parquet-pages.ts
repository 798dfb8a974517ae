import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Database } from '../../../tables/duckdb.js';
import { HeaderGoesOn, type PageHeader, pageHeader } from './page-header.js';

/** Bytes to read at a time: of pages with a checksum, and of headers of pages without one. */
const AHEAD = 2 ** 18;
const HEADER_AHEAD = 2 ** 12;
/** Limit of a header's length, as in other readers. */
const MOST_HEADER_BYTES = 2 ** 24;

/** The consecutive pages of one column in a row group. */
interface Chunk {
  column: string;
  start: number;
  end: number;
  values: number;
}

interface RowGroup {
  id: number;
  /** Number of rows before the group in the file. */
  firstRow: number;
  rows: number;
  chunks: Chunk[];
}

/** Thrown for a page that differs from what was written. */
export class DamagedPage extends Error {
  /** The first row of the damaged row group. Rows before it are valid. */
  readonly firstRow: number;

  constructor(what: string, { id, firstRow }: RowGroup, column: string, byte: number) {
    super(`${what}, in row group ${id}, column ${column}, at byte ${byte}`);
    this.name = 'DamagedPage';
    this.firstRow = firstRow;
  }
}

/**
 * Verifies the CRC-32 of a Parquet file's pages, which DuckDB ignores. Row groups are checked once, in order, as their rows are needed.
 * Only the headers of pages without a checksum are read.
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
   * @param file the file as quoted for SQL
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

  /** Checks the row groups up to row `rows` that have not been checked. @returns the first damaged page, if any */
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
        // In a file without checksums, DuckDB reports it.
        return this.#hasSums ? new DamagedPage('the header of a page cannot be read', group, column, at) : undefined;
      }
      const { size, length, sum } = header;
      if (sum !== undefined && (await this.#sum(at + size, length)) !== sum)
        return new DamagedPage('the CRC-32 of a page does not match', group, column, at);
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

  /** The CRC-32 of a page; `undefined` if the file ends inside it. */
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

  /**
   * At least `least` bytes from `at` on, or fewer at the end of the file. They come from the last read if possible; else `ahead` bytes are
   * read.
   */
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
