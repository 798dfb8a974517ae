/** A value as JSON. Integers that no number holds, which come from columns of 64 bits, are text. Throws a RangeError where it is nested too deep. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}` : item));
  }
}
