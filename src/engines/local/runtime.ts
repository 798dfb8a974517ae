import './runtime-environment.js';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from './device.js';

// What the runtime would print is in the errors that it throws.
env.logLevel = 'fatal';

export type Session = InferenceSession;
export type Tensors = Record<string, Tensor>;
export { Tensor };

/**
 * Loads a graph.
 * @param threads that one run computes with; 1 = only this one
 * @param device that has to run all of the graph; it throws where it cannot
 */
export function openSession(graph: string, threads: number, device: Device): Promise<Session> {
  return InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Patterns would be kept for every length that was ever seen, without bound.
    enableMemPattern: false,
    // Errors are thrown, and told by whoever catches them.
    logSeverityLevel: 4,
    executionProviders: [device],
    // Else what a device cannot run goes to the CPU without a word.
    ...(device !== 'cpu' && { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  });
}
