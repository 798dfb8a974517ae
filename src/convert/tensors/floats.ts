/** What tensors are stored as, little endian, and can be converted. */
export type Floats = 'float32' | 'float16' | 'bfloat16';

export const FLOAT_BYTES: Record<Floats, number> = { float32: 4, float16: 2, bfloat16: 2 };

/** Stored values as float32; exact for all three. */
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

/**
 * IEEE 754 binary16 has 1 sign, 5 exponent (bias 15) and 10 fraction bits; float32 has 1, 8 (bias 127) and 23. Exponent and fraction
 * put where float32 has its own are 2^112 times too small, subnormal ones too; an exponent of ones means infinite or no number.
 */
function widenFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const placed = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    if ((half & 0x7c00) === 0x7c00) {
      bits[i] = placed | 0x7f800000;
    } else {
      bits[i] = placed;
      values[i] *= 2 ** 112;
    }
  }
  return values;
}
