import type { Unfinished } from '../files/output.js';

/** One example of training data, by the names of its columns. */
export type WrittenExample = Readonly<Record<string, unknown>>;

/** A destination of examples, all of which have the same columns. */
export interface ExampleWriter extends Unfinished {
  /** Resolves when more can be written; examples are on their way then. @throws ClosedPipe, StarlingError E_WRITE */
  write(example: WrittenExample): Promise<void>;
}
