import { basename, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StarlingError, stoppedBy } from '../../contracts/errors.js';
import type { EngineIdentity } from '../../contracts/identity.js';
import type { FileReader } from '../../model/kept-files.js';
import { digestOver } from '../../model/model-digest.js';
import type { ModelSettings } from '../../model/open-model.js';
import { openServedFolder, type ServedFolder } from '../../model/served-folder.js';
import { TOLERANCE } from './golden-comparison.js';
import { Lane } from './lane.js';
import { RemoteEngine, type RemoteOptions } from './remote-engine.js';
import { serverAddresses, serverKey } from './server-addresses.js';
import { ServerFault } from './server-fault.js';
import { pauseAfter, TIMES, type Times } from './times.js';
import { VllmServer } from './vllm-server.js';

/** Tries of a server before the first row. One that is not there then gets rows when it comes. */
const FIRST_TRIES = 3;

/** What the result of a server does not keep of the promises. */
const CAVEAT = 'rewards of a server can differ in their last digits from run to run and with its load';

const ENGINE = 'vllm';

interface ServersOptions {
  keyFile?: string;
  tolerance?: number;
  times?: Times;
}

/** The choice to score at vLLM servers. The folder is the one that they serve. */
export class VllmServers {
  readonly #addresses: readonly URL[];
  readonly #key: string | undefined;
  readonly #tolerance: number;
  readonly #times: Times;
  /** By the path of the folder: a run asks several times what its scores depend on. */
  readonly #identities = new Map<string, Promise<EngineIdentity>>();

  /** @param text `URL[,URL…]` @throws StarlingError E_USAGE, E_NO_INPUT */
  static async at(text: string, { keyFile, tolerance, times }: ServersOptions): Promise<VllmServers> {
    return new VllmServers(serverAddresses(text), await serverKey(keyFile, process.env), tolerance, times);
  }

  private constructor(addresses: readonly URL[], key: string | undefined, tolerance = TOLERANCE, times = TIMES) {
    this.#addresses = addresses;
    this.#key = key;
    this.#tolerance = tolerance;
    this.#times = times;
  }

  /** @throws StarlingError E_MODEL, E_USAGE for a readout that servers do not have */
  async openModel({ folder, readout }: ModelSettings, files?: FileReader): Promise<VllmModel> {
    const model = await openServedFolder(folder, files);
    if ((readout ?? model.readout) !== 'last-token') {
      throw new StarlingError(
        'E_USAGE',
        `a server reads the last token, and has no readout ${readout}; drop --readout`,
      );
    }
    const expected = { name: basename(resolve(folder)), golden: model.golden, tolerance: this.#tolerance };
    const lanes = this.#addresses.map(
      (base) => new Lane(new VllmServer(base, this.#key, this.#times), expected, this.#times),
    );
    return new VllmModel(model, lanes, this.#times, (ask) => this.#remembered(folder, ask));
  }

  #remembered(folder: string, ask: () => Promise<EngineIdentity>): Promise<EngineIdentity> {
    const known = this.#identities.get(folder);
    if (known !== undefined) return known;
    const asked = ask();
    this.#identities.set(folder, asked);
    asked.catch(() => this.#identities.delete(folder));
    return asked;
  }
}

/** A served folder and its servers. */
export class VllmModel {
  readonly texts: ServedFolder;
  readonly #lanes: readonly Lane[];
  readonly #times: Times;

  readonly #remembered: (ask: () => Promise<EngineIdentity>) => Promise<EngineIdentity>;

  /** @param remembered gives the earlier answer, if there is one */
  constructor(
    texts: ServedFolder,
    lanes: readonly Lane[],
    times: Times,
    remembered: (ask: () => Promise<EngineIdentity>) => Promise<EngineIdentity>,
  ) {
    this.texts = texts;
    this.#remembered = remembered;
    this.#lanes = lanes;
    this.#times = times;
  }

  /** Asks all servers. @throws StarlingError E_NETWORK if none answers, E_ACCESS, E_ENGINE */
  identity(): Promise<EngineIdentity> {
    return this.#remembered(() => this.#identity());
  }

  async #identity(): Promise<EngineIdentity> {
    await this.#checked();
    for (const { server } of this.#lanes) server.close();
    const asked = this.#lanes.flatMap(({ facts }) => facts ?? []);
    const distances = this.#lanes.flatMap(({ distance }) => distance ?? []);
    const { folder, digests, dtype, readout } = this.texts;
    return {
      engine: ENGINE,
      model: basename(resolve(folder)),
      model_sha256: digestOver(digests, this.texts),
      dtype,
      readout,
      device: 'server',
      runtime: `${ENGINE} ${distinct(asked.map(({ version }) => version))}`,
      processor: [],
      servers: this.#lanes.map(({ server }) => server.address),
      served_model: distinct(asked.map(({ model }) => model)),
      golden: distances.length === 0 ? 'unchecked' : Number(Math.max(...distances).toPrecision(2)),
      caveat: CAVEAT,
    };
  }

  /** @throws StarlingError E_NETWORK if no server answers, E_ACCESS, E_ENGINE, E_USAGE if texts may be longer than a server reads */
  async open({
    maxLength,
    interrupted,
    tell,
  }: { maxLength: number } & Pick<RemoteOptions, 'interrupted' | 'tell'>): Promise<RemoteEngine> {
    const faults = await this.#checked(interrupted);
    for (const { server, facts } of this.#lanes) checkLength(server.address, facts?.maxLength, maxLength);
    for (const [{ server }, fault] of faults)
      tell?.(`${server.address} ${fault.message}; it gets rows when it answers`);
    const { golden, padId } = this.texts;
    const unchecked =
      golden === undefined ? '; unchecked, as the folder has no golden rows (doctor --golden adds them)' : '';
    const note = `scored by ${ENGINE} at ${this.#lanes.map(({ server }) => server.address).join(', ')}: ${CAVEAT}${unchecked}`;
    return new RemoteEngine(this.#lanes, { times: this.#times, padId, interrupted, tell, note });
  }

  /** Checks all servers at once. Returns the faults of those that do not answer. */
  async #checked(interrupted?: AbortSignal): Promise<Map<Lane, ServerFault>> {
    const faults = new Map<Lane, ServerFault>();
    await Promise.all(
      this.#lanes.map(async (lane) => {
        const fault = await this.#firstCheck(lane, interrupted);
        if (fault !== undefined) faults.set(lane, fault);
      }),
    );
    if (interrupted?.aborted) throw stoppedBy(interrupted, 'stopped before the first row');
    const [first] = faults;
    if (first === undefined || faults.size < this.#lanes.length) return faults;
    throw noServer(first[0], first[1], faults.size - 1);
  }

  async #firstCheck(lane: Lane, interrupted?: AbortSignal): Promise<ServerFault | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        await lane.check(interrupted);
        return undefined;
      } catch (error) {
        if (!(error instanceof ServerFault)) throw error;
        if (tries === FIRST_TRIES || interrupted?.aborted) {
          lane.failed(error, Date.now());
          return error;
        }
        await pauseOf(error, tries, this.#times, interrupted);
      }
    }
  }
}

/** The error when no server can be used. @param others servers that cannot be used either */
function noServer({ server }: Lane, fault: ServerFault, others: number): StarlingError {
  const more = others > 0 ? `, and ${others} more cannot be used either` : '';
  const problem = `${server.address} ${fault.message}${more}`;
  // A server that answers wrongly is there, but is not the one that it should be.
  if (fault.kind === 'broken')
    return new StarlingError('E_ENGINE', `${problem}; expected vLLM with --runner pooling and this folder`, {}, fault);
  const remedy = 'start the server and wait until it is ready, or check the address';
  return new StarlingError('E_NETWORK', `${problem}; ${remedy}`, {}, fault);
}

/** Ends at once when interrupted. */
async function pauseOf({ wait }: ServerFault, tries: number, times: Times, signal?: AbortSignal): Promise<void> {
  const milliseconds = Math.min(wait ?? pauseAfter(tries, times), times.longestPause);
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
}

function checkLength(address: string, most: number | undefined, maxLength: number): void {
  if (most === undefined || most >= maxLength) return;
  const problem = `${address} reads at most ${most} tokens, and texts may have ${maxLength}`;
  throw new StarlingError(
    'E_USAGE',
    `${problem}; start it with --max-model-len ${maxLength}, or give --max-length ${most}`,
  );
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts)].join(', ');
}
