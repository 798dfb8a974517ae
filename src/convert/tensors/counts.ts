/** Whether a value of a file is a count or an index: a safe integer of at least 0. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
