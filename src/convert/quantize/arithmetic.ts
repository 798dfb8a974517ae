import type { RewardTensors } from '../reward-tensors.js';
import type { StoredMatrix } from './matrix.js';

/** How one dtype stores weights and multiplies by them. */
export interface Arithmetic {
  /** The checkpoint whose tensors this dtype stores. */
  prepared(checkpoint: RewardTensors): RewardTensors;
  /** The rotation that `prepared` expects at a value [1, S, width] float32. */
  turned(value: string, width: number): Promise<string>;
  /** Rows of a [vocabulary, width] table, looked up by `ids`. Gives [1, S, width] float32. */
  embedding(table: StoredMatrix, ids: string): Promise<string>;
  /** `inputs` (from `input`) times the fused layers. Gives [1, S, sum of out] float32. */
  linear(name: string, layers: readonly StoredMatrix[], input: LinearInput): Promise<string>;
  /** What `linear` multiplies, made once from a float32 value [1, S, width] that several matrices may read. */
  input(value: string, width: number): LinearInput;
}

/** A value made ready for `linear`: in int8 its integers and their scale per token, else itself. */
export interface LinearInput {
  value: string;
  scale?: string;
}
