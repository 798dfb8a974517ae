import { availableParallelism } from 'node:os';
import { StarlingError } from '../contracts/errors.js';
import type { EngineIdentity } from '../contracts/identity.js';
import type { RewardEngine } from '../contracts/reward-engine.js';
import type { TextModel } from '../model/folder.js';
import type { FileReader } from '../model/kept-files.js';
import type { ModelSettings } from '../model/open-model.js';
import type { Device } from './local/device.js';
import type { PoolOptions } from './local/pool.js';

/** An engine with its settings, before anything is opened. One choice serves one run of a command. */
export interface EngineChoice {
  /** The sessions of an engine on this machine, for reports on it; absent for others. */
  readonly sessions?: PoolOptions;
  /** @throws StarlingError E_MODEL for a folder that this engine cannot use */
  openModel(settings: ModelSettings, files?: FileReader): Promise<EngineModel>;
}

/** A model folder as one engine uses it. */
export interface EngineModel {
  readonly texts: TextModel;
  /** @throws StarlingError */
  identity(): Promise<EngineIdentity>;
  /** @throws StarlingError E_MODEL, E_USAGE, E_ENGINE, E_DEVICE, E_NETWORK, E_ACCESS */
  open(options: EngineOptions): Promise<RewardEngine>;
}

export interface EngineOptions {
  /** Maximum tokens of a text. */
  maxLength: number;
  /** Id of the token between the two texts of a pair, for graphs that need it. */
  separatorId?: number;
  /** Ends waiting for a server. */
  interrupted?: AbortSignal;
  /** Takes remarks on what happens while rows are scored. */
  tell?: (remark: string) => void;
}

/** What the user asked of the engine; absent values were not asked for. */
export interface AskedEngine {
  /** `NAME` or `NAME=ADDRESS`. */
  engine?: string;
  workers?: number;
  threads?: number;
  device?: Device;
  engineKeyFile?: string;
  goldenTolerance?: number;
}

interface EngineKind {
  /** What it needs after its name, for messages; absent if nothing. */
  address?: string;
  /** Flags that mean nothing to it. */
  ignores: Readonly<Partial<Record<keyof AskedEngine | 'dtype' | 'logit', string>>>;
  choose(asked: AskedEngine, model: ModelSettings, address: string): Promise<EngineChoice>;
}

const DEFAULT = 'local';

const OF_SERVERS = 'is for engines that ask servers';
const OF_SESSIONS = 'is for sessions on this machine; the server decides it';

/** Every engine by its name. This is the only place that knows their names. */
const ENGINES: Readonly<Record<string, EngineKind>> = {
  local: {
    ignores: { engineKeyFile: OF_SERVERS, goldenTolerance: OF_SERVERS },
    async choose({ workers, threads, device }, model) {
      const { LocalSessions } = await import('./local/local-model.js');
      const { defaultSessions } = await import('./local/workers.js');
      return new LocalSessions({
        ...(await defaultSessions({ workers, threads }, model, availableParallelism())),
        device,
      });
    },
  },
  vllm: {
    address: 'URL[,URL…]',
    ignores: {
      dtype: OF_SESSIONS,
      logit: OF_SESSIONS,
      workers: OF_SESSIONS,
      threads: OF_SESSIONS,
      device: OF_SESSIONS,
    },
    async choose({ engineKeyFile, goldenTolerance }, _, address) {
      const { VllmServers } = await import('./remote/vllm-servers.js');
      return VllmServers.at(address, { keyFile: engineKeyFile, tolerance: goldenTolerance });
    },
  },
};

/** `local, vllm=URL[,URL…]` */
export const ENGINE_FORMS = Object.entries(ENGINES)
  .map(([name, { address }]) => (address === undefined ? name : `${name}=${address}`))
  .join(', ');

/** @throws StarlingError E_USAGE for an unknown engine, and for flags that mean nothing to it */
export async function chooseEngine(asked: AskedEngine, model: ModelSettings): Promise<EngineChoice> {
  const [, name, address] = /^([^=]*)(?:=(.*))?$/s.exec(asked.engine ?? DEFAULT) ?? [];
  const kind = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (kind === undefined || (kind.address === undefined) !== (address === undefined)) {
    throw new StarlingError('E_USAGE', `--engine ${asked.engine}: expected ${ENGINE_FORMS}`);
  }
  const given = { ...asked, dtype: model.dtype, logit: model.logit };
  for (const [field, why] of Object.entries(kind.ignores)) {
    if (given[field as keyof typeof given] === undefined) continue;
    const flag = `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new StarlingError('E_USAGE', `${flag} ${why}; drop it, or choose another --engine (${ENGINE_FORMS})`);
  }
  return kind.choose(asked, model, address ?? '');
}
