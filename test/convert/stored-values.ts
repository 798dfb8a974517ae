/** Element types by their safetensors names. */
export type StoredAs = 'F32' | 'F16' | 'BF16' | 'I64';

/** The stored bytes of float32 values that are exact in the type. */
export function storedValues(values: Float32Array, as: StoredAs): Buffer {
  const bits = new Uint32Array(values.slice().buffer);
  if (as === 'F32') return Buffer.from(bits.buffer);
  if (as === 'I64') return Buffer.from(BigInt64Array.from(values, (value) => BigInt(Math.round(value))).buffer);
  return Buffer.from(Uint16Array.from(bits, as === 'BF16' ? (word) => word >>> 16 : float16).buffer);
}

/** float16 from the upper bits of a float32. Values too small for a normal float16 become 0. */
function float16(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return sign;
  return sign | (Math.min(exponent, 31) << 10) | ((word >>> 13) & 0x3ff);
}
