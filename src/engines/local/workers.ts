import { freemem } from 'node:os';
import { type ModelChoice, modelBytes } from '../../model/open-model.js';

/** More workers than this speed scoring up little, and each holds the model's weights. */
export const MOST_WORKERS = 8;

/**
 * Size in bytes from which the matrix products of a model are so large that threads within one product lose nothing. On two cores a 7B
 * model in q4 scored four rows in 96 s with one worker of two threads. Two workers took 104 s and twice the memory.
 */
const LARGE = 1e9;

/** Share of the free memory for the weights of all workers. Activations and other processes need the rest. */
const SHARE = 0.5;

export interface Machine {
  cores: number;
  /** Bytes of memory that this process may still take. */
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

/** In bytes. Includes reclaimable disk cache and respects the limits of a container, where Node reports them (20.13). */
export function availableMemory(): number {
  return 'availableMemory' in process ? process.availableMemory() : freemem();
}

/** Workers and threads; those that were not asked for are as many as the machine has room for. */
export async function defaultSessions(
  { workers, threads }: { workers?: number; threads?: number },
  model: ModelChoice,
  cores: number,
): Promise<{ workers: number; threads: number }> {
  const machine = { cores, memory: availableMemory() };
  const chosen = workers ?? workersFor(await modelBytes(model), machine, threads);
  return { workers: chosen, threads: threads ?? Math.max(1, Math.floor(cores / chosen)) };
}
