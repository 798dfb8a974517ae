import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** A Python that can run vLLM; without it the tests are skipped. */
export const PYTHON = process.env.STARLING_RM_VLLM_PYTHON;

/** Seconds until a server must be ready. */
const PATIENCE = 900;

interface ServerChoice {
  folder: string;
  port: number;
  dtype: 'float32' | 'bfloat16';
  maxLength?: number;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** A vLLM server on this machine, as `vllm serve FOLDER --runner pooling` starts it. */
export class VllmProcess implements AsyncDisposable {
  readonly address: string;
  readonly #choice: ServerChoice;
  #child: ChildProcess | undefined;

  static async start(choice: ServerChoice): Promise<VllmProcess> {
    const server = new VllmProcess(choice);
    await server.start();
    return server;
  }

  private constructor(choice: ServerChoice) {
    this.#choice = choice;
    this.address = `http://127.0.0.1:${choice.port}`;
  }

  /** Returns the seconds until it was ready. */
  async start(): Promise<number> {
    const { folder, port, dtype, maxLength = 2048 } = this.#choice;
    const server = ['-m', 'vllm.entrypoints.openai.api_server', '--model', folder, '--runner', 'pooling'];
    const rest = ['--dtype', dtype, '--max-model-len', `${maxLength}`, '--enforce-eager', '--host', '127.0.0.1'];
    // Its own group, so that the engine process under it ends with it. The development mode lets the prefix cache be emptied.
    const child = spawn(`${PYTHON}`, [...server, ...rest, '--port', `${port}`], {
      detached: true,
      stdio: ['ignore', 'ignore', process.env.STARLING_RM_VLLM_LOG === undefined ? 'ignore' : 'inherit'],
      env: {
        ...process.env,
        VLLM_CPU_KVCACHE_SPACE: '2',
        VLLM_CPU_OMP_THREADS_BIND: 'nobind',
        VLLM_SERVER_DEV_MODE: '1',
        VLLM_NO_USAGE_STATS: '1',
        HF_HUB_OFFLINE: '1',
      },
    });
    this.#child = child;
    // A test that is stopped must not leave it behind.
    const killed = () => process.kill(-Number(child.pid), 'SIGKILL');
    process.once('exit', killed);
    child.once('exit', () => process.off('exit', killed));
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null)
        throw new Error(`vLLM ended with ${child.exitCode}; STARLING_RM_VLLM_LOG=1 shows why`);
      if (seconds() > PATIENCE) throw new Error(`vLLM was not ready after ${PATIENCE} s`);
      await wait(500);
    }
    return seconds();
  }

  /** Kills it without a farewell. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }

  /** Forgets all prompts. */
  async emptyCache(): Promise<void> {
    const { status } = await fetch(`${this.address}/reset_prefix_cache`, { method: 'POST' });
    if (status !== 200) throw new Error(`the prefix cache was not emptied: ${status}`);
  }

  /** Tokens that were looked up in the prefix cache, and those that were found, since the start. */
  async cached(): Promise<{ asked: number; found: number }> {
    const text = await (await fetch(`${this.address}/metrics`)).text();
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^vllm:${name}_total\\{[^}]*\\} (\\S+)$`, 'gm'))].reduce(
        (all, [, value]) => all + Number(value),
        0,
      );
    return { asked: sum('prefix_cache_queries'), found: sum('prefix_cache_hits') };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.address}/health`).then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}
