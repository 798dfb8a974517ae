import './runtime-environment.js';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from './device.js';

// The errors that the runtime throws hold the text that it would print.
env.logLevel = 'fatal';

export type Session = InferenceSession;
export type Tensors = Record<string, Tensor>;
export { Tensor };

/**
 * Loads a graph.
 * @param graph its path, or its bytes
 * @param threads computing threads of a run; 1 = only the calling thread
 * @param device device that must run the whole graph
 * @throws Error when the runtime cannot load the graph, or the device cannot run all of it
 */
export function openSession(graph: string | Uint8Array, threads: number, device: Device): Promise<Session> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // The runtime would store a memory pattern for each distinct length, without bound.
    enableMemPattern: false,
    // Errors are thrown; the runtime need not print them too.
    logSeverityLevel: 4,
    executionProviders: [device],
    // Otherwise nodes that the device cannot run fall back to the CPU silently.
    ...(device !== 'cpu' && { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  };
  return typeof graph === 'string' ? InferenceSession.create(graph, options) : InferenceSession.create(graph, options);
}
