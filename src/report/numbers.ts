const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count in at most nine characters: `1,257`; from ten million on `12.3 M` or `1.23e+12`. */
export function countText(count: number): string {
  if (count < 1e7) return GROUPED.format(count);
  return count < 1e10 ? `${(count / 1e6).toFixed(1)} M` : count.toExponential(2);
}

/** `1 prompt`, `1,257 prompts` */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share from 0 to 1 in percent, without the sign: `71.3`. */
export function percentNumber(share: number): string {
  return plain((share * 100).toFixed(1));
}

/** `95 %` */
export function levelText(level: number): string {
  return `${Number((level * 100).toFixed(2))} %`;
}

/** Three decimals, `0.412`; from 1000 on in scientific notation. */
export function decimalText(value: number): string {
  return Math.abs(value) < 1000 ? plain(value.toFixed(3)) : value.toExponential(1);
}

/** A number with so many significant digits at most; very small and very large ones in scientific notation, `4e-7`. */
export function significantText(value: number, digits: number): string {
  const size = Math.abs(value);
  const isLong = size > 0 && (size < 0.001 || size >= 1e6);
  return isLong ? value.toExponential(digits - 1) : `${Number(value.toPrecision(digits))}`;
}

/** Drops the minus of a number that rounds to zero. */
function plain(text: string): string {
  return Number(text) === 0 ? text.replace('-', '') : text;
}
