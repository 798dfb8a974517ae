import type { EngineIdentity } from '../../contracts/identity.js';
import type { ModelFolder } from '../../model/folder.js';
import type { FileReader } from '../../model/kept-files.js';
import { type ModelSettings, openModel } from '../../model/open-model.js';
import { LocalEngine, type LocalOptions } from './local-engine.js';
import { localIdentity } from './local-identity.js';
import type { PoolOptions } from './pool.js';

/** A model folder with the sessions that will run its graph. */
export class LocalModel {
  readonly texts: ModelFolder;
  readonly sessions: PoolOptions;
  readonly #settings: ModelSettings;

  constructor(model: ModelFolder, settings: ModelSettings, sessions: PoolOptions) {
    this.texts = model;
    this.#settings = settings;
    this.sessions = sessions;
  }

  /** Does not load the model, but reads the files of an external one. */
  identity(): Promise<EngineIdentity> {
    const { readout, logit } = this.#settings;
    return localIdentity(this.texts, { readout, logit, device: this.sessions.device });
  }

  /** @throws StarlingError as `LocalEngine.open` */
  open({ maxLength, separatorId }: Pick<LocalOptions, 'maxLength' | 'separatorId'>): Promise<LocalEngine> {
    const { readout, logit } = this.#settings;
    return LocalEngine.open(this.texts, { ...this.sessions, readout, logit, maxLength, separatorId });
  }
}

/** The choice to score in sessions on this machine. */
export class LocalSessions {
  readonly sessions: PoolOptions;

  constructor(sessions: PoolOptions) {
    this.sessions = sessions;
  }

  /** @throws StarlingError E_MODEL */
  async openModel(settings: ModelSettings, files?: FileReader): Promise<LocalModel> {
    return new LocalModel(await openModel(settings, files), settings, this.sessions);
  }
}
