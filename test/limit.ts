/** A time limit for tests of hangs that even a slow, busy machine does not reach. */
export const LIMIT = { timeout: 600_000 } as const;
