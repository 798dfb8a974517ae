import { readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';

/** Flags of /proc/cpuinfo by which the runtime's CPU kernels are chosen (MLAS, `platform.cpp`), of x86-64 and of Arm. */
const FLAGS: ReadonlySet<string> = new Set([
  'avx',
  'avx2',
  'fma',
  'f16c',
  'avx_vnni',
  'avx_vnni_int8',
  'avx_ne_convert',
  'avx512f',
  'avx512bw',
  'avx512dq',
  'avx512vl',
  'avx512_vnni',
  'avx512_bf16',
  'avx512_fp16',
  'amx_tile',
  'amx_int8',
  'amx_bf16',
  'asimd',
  'asimdhp',
  'asimddp',
  'i8mm',
  'bf16',
  'sve',
  'sve2',
  'sme',
]);

/**
 * What chooses the runtime's kernels on this machine, sorted: the architecture and, on Linux, those of the flags above that the
 * processor has. Other systems do not say, so there the processor's name stands for its features.
 */
export function processorFeatures(): readonly string[] {
  return [arch(), ...(linuxFlags() ?? [cpus()[0]?.model ?? 'unknown'])].sort();
}

function linuxFlags(): string[] | undefined {
  try {
    const [, flags] = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
    return flags?.split(' ').filter((flag) => FLAGS.has(flag));
  } catch {
    return undefined;
  }
}
