import { freemem } from 'node:os';

/** More workers than this gain little and each holds the model's weights. */
export const MOST_WORKERS = 8;

/**
 * Bytes of weights whose products are so large that threads within one lose nothing: on two cores a 7B model in q4 scored four rows in 96 s with one worker of
 * two threads, and in 104 s, with twice the memory, with two workers.
 */
const LARGE = 1e9;

/** Of the memory that is free, for the weights of all workers: what they compute with, and others, need the rest. */
const SHARE = 0.5;

export interface Machine {
  cores: number;
  /** Bytes that this process may still take. */
  memory: number;
}

/**
 * The default number of workers: one per core, or one per `threads` cores. Extra workers speed scoring up more than extra threads within
 * a worker. Models above 1 GB run in one worker. Smaller ones run as many workers as fit in half of the free memory.
 * @param weights bytes of the model on the disk
 */
export function workersFor(weights: number, { cores, memory }: Machine, threads = 1): number {
  if (weights > LARGE) return 1;
  const room = Math.floor((SHARE * memory) / weights);
  return Math.max(1, Math.min(MOST_WORKERS, Math.floor(cores / threads), room));
}

/** Bytes; with what the cache of the disk would give back, and within the limits of a container, where Node can tell (20.13). */
export function availableMemory(): number {
  return 'availableMemory' in process ? process.availableMemory() : freemem();
}
