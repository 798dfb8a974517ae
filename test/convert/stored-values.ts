/** The names of safetensors for what values are stored as. */
export type StoredAs = 'F32' | 'F16' | 'BF16' | 'I64';

/** Float32 values, exact in the type asked for, as a checkpoint stores them. */
export function storedValues(values: Float32Array, as: StoredAs): Buffer {
  const bits = new Uint32Array(values.slice().buffer);
  if (as === 'F32') return Buffer.from(bits.buffer);
  if (as === 'I64') return Buffer.from(BigInt64Array.from(values, (value) => BigInt(Math.round(value))).buffer);
  return Buffer.from(Uint16Array.from(bits, as === 'BF16' ? (word) => word >>> 16 : float16).buffer);
}

/** The upper bits of a float32 with an exponent of 5 bits; what is too small for a normal number becomes 0. */
function float16(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return sign;
  return sign | (Math.min(exponent, 31) << 10) | ((word >>> 13) & 0x3ff);
}
