/** Devices that a model can run on. The names are those of the runtime's execution providers. */
export const DEVICES = ['cpu', 'cuda', 'coreml', 'dml'] as const;

export type Device = (typeof DEVICES)[number];
