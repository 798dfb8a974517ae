/** Every decimal of so many digits has a double of its own. */
const DIGITS_OF_DOUBLE = 15;

/** A decimal, as `-1.25`: a number where a double has all of its digits, else the text. */
export function decimalValue(text: string): number | string {
  return text.replaceAll(/\D/g, '').replace(/^0+/, '').length <= DIGITS_OF_DOUBLE ? Number(text) : text;
}
