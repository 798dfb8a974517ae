/** The Gregorian calendar repeats every 400 years. */
const DAYS_OF_CYCLE = 146_097;
const YEARS_OF_CYCLE = 400;
const MILLISECONDS_OF_DAY = 86_400_000;
const SECONDS_OF_DAY = 86_400n;

/** A day as DuckDB writes it: `2024-01-31`, `0044-03-15 (BC)`. @param days since 1970-01-01 */
export function dateText(days: number): string {
  const cycles = Math.floor(days / DAYS_OF_CYCLE);
  const date = new Date((days - cycles * DAYS_OF_CYCLE) * MILLISECONDS_OF_DAY);
  const year = date.getUTCFullYear() + cycles * YEARS_OF_CYCLE;
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()].map((part) => padded(part, 2));
  return `${padded(year > 0 ? year : 1 - year, 4)}-${month}-${day}${year > 0 ? '' : ' (BC)'}`;
}

/**
 * A time of day as DuckDB writes it, without trailing zeros: `01:02:03.5`.
 * @param time time since midnight in units of 10^-digits seconds: microseconds for 6 digits
 */
export function timeText(time: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const seconds = Number(time / unit);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = digits === 0 ? '' : padded(time % unit, digits).replace(/0+$/, '');
  return `${parts.map((part) => padded(part, 2)).join(':')}${fraction && `.${fraction}`}`;
}

/**
 * A timestamp as DuckDB writes it, with all digits: `2024-01-31 01:02:03.123456`. A timestamp with a time zone is written in UTC with
 * `+00`; neither its own zone nor the local one matters.
 * @param time time since 1970-01-01 00:00 in units of 10^-digits seconds: microseconds for 6 digits
 * @param isUtc whether the type has a time zone
 */
export function timestampText(time: bigint, digits: number, isUtc: boolean): string {
  const unitsOfDay = SECONDS_OF_DAY * 10n ** BigInt(digits);
  const inDay = ((time % unitsOfDay) + unitsOfDay) % unitsOfDay;
  const days = Number((time - inDay) / unitsOfDay);
  return `${dateText(days)} ${timeText(inDay, digits)}${isUtc ? '+00' : ''}`;
}

function padded(number: number | bigint, length: number): string {
  return String(number).padStart(length, '0');
}
