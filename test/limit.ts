/** For tests that look for what hangs: a time that no machine is slow or busy enough to need. */
export const LIMIT = { timeout: 600_000 } as const;
