import type { Place } from './errors.js';

/** Why a row has no ranking, and where it stood in its file. */
export interface ErrorOfRow extends Pick<Place, 'line' | 'record' | 'byte' | 'field'> {
  /** One of `ErrorCode`, or of a later version. */
  code: string;
  message: string;
}

/**
 * One line of output in place of a ranking: the error of a row, which `--on-error emit` writes. The keys, in this order, are the output's
 * contract. A line with `error` and without `scores` is one of these.
 */
export class ErrorLine {
  readonly index: number;
  /** The input that the row comes from; absent if there is only one. */
  readonly file?: string;
  /** Absent if the row has none, or could not be parsed. */
  readonly id?: string | number;
  readonly error: ErrorOfRow;

  constructor({ index, file, id, error }: Pick<ErrorLine, 'index' | 'file' | 'id' | 'error'>) {
    this.index = index;
    if (file !== undefined) this.file = file;
    if (id !== undefined) this.id = id;
    this.error = error;
  }
}
