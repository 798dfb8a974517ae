import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../cli/until.js';

const LOOK_MS = 1000;
const CONTROLLER_PORT = 16_817;
const NODES = ['n0', 'n1'];

/** The states of tasks that are over. */
const OVER = /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY)/;

/** A Slurm cluster of one controller and two nodes with one core each, all on this machine, as root. */
export class SlurmCluster {
  readonly #env: NodeJS.ProcessEnv;
  readonly #daemons: ChildProcess[] = [];

  /** @param env of the commands, and through them of the jobs */
  static async start(folder: string, env: NodeJS.ProcessEnv): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(folder, env);
    await cluster.#startDaemons(folder);
    return cluster;
  }

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#env = { ...env, SLURM_CONF: join(folder, 'slurm.conf') };
  }

  /** Runs a program of Slurm. @returns its standard output, trimmed @throws Error if it fails */
  run(program: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: this.#env });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  /** The state of each task of an array job that the controller knows, by its number. */
  states(job: string): Map<number, string> {
    const shown = this.run('scontrol', '--oneliner', 'show', 'job', job).split('\n');
    return new Map(
      shown.flatMap((line) => {
        const task = /ArrayTaskId=(\d+) /.exec(line)?.[1];
        const state = /JobState=(\S+)/.exec(line)?.[1];
        return task === undefined || state === undefined ? [] : [[Number(task), state] as const];
      }),
    );
  }

  /** Waits until `count` tasks of an array job are over. @returns their states */
  async over(job: string, count: number): Promise<Map<number, string>> {
    for (;;) {
      const states = this.states(job);
      if ([...states.values()].filter((state) => OVER.test(state)).length === count) return states;
      await wait(LOOK_MS);
    }
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons.toReversed()) {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      if (daemon.exitCode === null && daemon.kill('SIGTERM')) await ended;
    }
  }

  async #startDaemons(folder: string): Promise<void> {
    const key = join(folder, 'munge.key');
    const socket = join(folder, 'munge.socket');
    writeFileSync(key, randomBytes(1024), { mode: 0o600 });
    const state = ['pid', 'log', 'seed'].map((kind) => `--${kind}-file=${join(folder, `munge.${kind}`)}`);
    this.#start('munged', '--foreground', '--force', `--key-file=${key}`, `--socket=${socket}`, ...state);
    // Processes of jobs reach the socket through this folder.
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'state'));
    writeFileSync(join(folder, 'slurm.conf'), configuration(folder, socket));
    const controller = this.#start('slurmctld', '-D');
    for (const node of NODES) this.#start('slurmd', '-D', '-N', node);
    await until(() => this.#idleNodes() === NODES.length, controller);
  }

  #idleNodes(): number {
    const { stdout } = spawnSync('sinfo', ['-h', '-N', '-o', '%T'], { encoding: 'utf8', env: this.#env });
    return stdout.split('\n').filter((state) => state === 'idle').length;
  }

  #start(program: string, ...args: string[]): ChildProcess {
    const daemon = spawn(program, args, {
      env: { ...this.#env, PATH: `${this.#env.PATH}:/usr/sbin` },
      stdio: 'ignore',
    });
    this.#daemons.push(daemon);
    return daemon;
  }
}

function configuration(folder: string, socket: string): string {
  const host = hostname();
  const nodes = NODES.map((name, i) => {
    return `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${CONTROLLER_PORT + 1 + i} CPUs=1`;
  });
  return `${[
    'ClusterName=peers',
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${CONTROLLER_PORT}`,
    'SlurmUser=root',
    `AuthInfo=socket=${socket}`,
    'ProctrackType=proctrack/pgid',
    'TaskPlugin=task/none',
    'SelectType=select/cons_tres',
    'MailProg=/bin/true',
    `StateSaveLocation=${folder}/state`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdSpoolDir=${folder}/%n`,
    `SlurmdPidFile=${folder}/%n.pid`,
    `SlurmdLogFile=${folder}/%n.log`,
    ...nodes,
    `PartitionName=all Nodes=${NODES.join(',')} Default=YES State=UP`,
  ].join('\n')}\n`;
}
