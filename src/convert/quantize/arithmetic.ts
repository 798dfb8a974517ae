import type { RewardTensors } from '../reward-tensors.js';
import type { StoredMatrix } from './matrix.js';

/** How one dtype stores weights and multiplies by them. */
export interface Arithmetic {
  /** The checkpoint with the tensors that this dtype stores, rotated where the dtype rotates. */
  prepared(checkpoint: RewardTensors): RewardTensors;
  /** Rotates a value [1, S, width] float32, where the weights of `prepared` expect it rotated. */
  rotated(value: string, width: number): Promise<string>;
  /** Looks `ids` [1, S] up in a [vocabulary, width] table. Returns [1, S, width] float32. */
  embedding(table: StoredMatrix, ids: string): Promise<string>;
  /** Multiplies an input by the fused layers, each [out, in]. Returns [1, S, sum of out] float32. */
  linear(name: string, layers: readonly StoredMatrix[], input: LinearInput): Promise<string>;
  /** Prepares a float32 value [1, S, width] for `linear`. Several calls of `linear` can share the result. */
  input(value: string, width: number): LinearInput;
}

/** A value prepared for `linear`: in int8 its integers and their scale per token, in other dtypes the value itself. */
export interface LinearInput {
  value: string;
  scale?: string;
}
