/** What a model is computed with: names of the runtime's execution providers. */
export const DEVICES = ['cpu', 'cuda', 'coreml', 'dml'] as const;

export type Device = (typeof DEVICES)[number];
