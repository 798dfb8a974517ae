import { widenFloat16 } from '../../model/graph/float16.js';

/** Element types that can be converted, all little endian. */
export type Floats = 'float32' | 'float16' | 'bfloat16';

export const FLOAT_BYTES: Record<Floats, number> = { float32: 4, float16: 2, bfloat16: 2 };

/** Widens stored values to float32. The result is exact for all three types. */
export function widen(raw: Buffer<ArrayBuffer>, floats: Floats): Float32Array<ArrayBuffer> {
  if (floats === 'float32') return new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4);
  const halves = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
  return floats === 'bfloat16' ? widenBfloat16(halves) : widenFloat16(halves);
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

/** Bits of the exponent; a value in which all of them are set is NaN or infinite. */
const EXPONENT: Record<Floats, number> = { float32: 0x7f800000, float16: 0x7c00, bfloat16: 0x7f80 };

/** Whether all stored values are finite numbers. */
export function areFinite(raw: Buffer<ArrayBuffer>, floats: Floats): boolean {
  const exponent = EXPONENT[floats];
  const bits =
    floats === 'float32'
      ? new Uint32Array(raw.buffer, raw.byteOffset, raw.length / 4)
      : new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
  for (let i = 0; i < bits.length; i++) if ((bits[i] & exponent) === exponent) return false;
  return true;
}
