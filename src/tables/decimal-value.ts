/** Every decimal with this many digits survives the conversion to a double and back. */
const DIGITS_OF_DOUBLE = 15;

/** A decimal such as `-1.25`, as a number if a double keeps all of its digits, else as text. */
export function decimalValue(text: string): number | string {
  return text.replaceAll(/\D/g, '').replace(/^0+/, '').length <= DIGITS_OF_DOUBLE ? Number(text) : text;
}
