import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODEL, ROOT } from '../root.js';
import type { BareMatmuls } from './bare-matmuls.js';
import type { ExportDtype } from './export-arithmetic.js';
import { LineProcess } from './line-process.js';
import { exportFile, exportName, type Prepared } from './prepare.js';
import type { Attention } from './standard-export.js';

/** A Python with torch, transformers and safetensors. */
export const TORCH_PYTHON = process.env.STARLING_RM_TORCH_PYTHON;

/** Starts each engine with weights in the form that it reads, and with `threads` threads. */
export class Engines {
  readonly #prepared: Prepared;
  readonly #threads: string;
  readonly #running: LineProcess[] = [];

  constructor(prepared: Prepared, threads: number) {
    this.#prepared = prepared;
    this.#threads = String(threads);
  }

  /** Our command with its default flags. */
  command(dtype: string): LineProcess {
    const model = dtype === 'int8' ? MODEL : this.#prepared.ours;
    const args = ['score', '-q', '--model', model, '--dtype', dtype];
    return this.#start(`starling-rm ${dtype}`, join(ROOT, 'bin/starling-rm'), args);
  }

  onnxRuntime(attention: Attention): LineProcess {
    return this.#javaScript('onnxruntime', join(this.#prepared.exported, exportFile('fp32', attention)));
  }

  transformersJs(dtype: ExportDtype, attention: Attention): LineProcess {
    return this.#javaScript('transformers-js', this.#prepared.exported, dtype, exportName(attention));
  }

  bareMatmuls({ file }: BareMatmuls): LineProcess {
    return this.#javaScript('bare-matmuls', file);
  }

  torch(python: string, dtype: 'fp32' | 'bf16'): LineProcess {
    const script = join(ROOT, 'test/bench/engines/torch_rewards.py');
    return this.#start(`torch ${dtype}`, python, [script, this.#prepared.checkpoint, dtype, this.#threads]);
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#running.map((one) => one.close()));
  }

  #javaScript(name: string, ...args: string[]): LineProcess {
    const file = fileURLToPath(new URL(`./engines/${name}.js`, import.meta.url));
    return this.#start(`${name} ${args.join(' ')}`, process.execPath, [file, ...args, this.#threads]);
  }

  #start(name: string, command: string, args: readonly string[]): LineProcess {
    const started = new LineProcess(name, command, args);
    this.#running.push(started);
    return started;
  }
}
