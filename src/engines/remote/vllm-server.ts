import { StarlingError } from '../../contracts/errors.js';
import { isObject } from '../../json/json-object.js';
import { refusedAnswer } from './answer-faults.js';
import { rewardsIn } from './classified.js';
import { type HttpAnswer, HttpClient } from './http-client.js';
import { shownAddress } from './server-addresses.js';
import { ServerFault } from './server-fault.js';
import type { Times } from './times.js';

/** What a server says of itself. */
export interface ServerFacts {
  version: string;
  /** The name of the model in requests. */
  model: string;
  /** Tokens of the longest text that it reads; absent if it does not say. */
  maxLength?: number;
}

/** Distinct texts of one row. */
export interface TextsToScore {
  /** Each text's ids, as JSON: `[1,2,3]`. */
  lists: readonly string[];
  /** Ids of all texts. */
  tokens: number;
}

/** Requests to one vLLM server. Each is made once; the caller decides about another try. */
export class VllmServer {
  readonly address: string;
  readonly #client: HttpClient;
  readonly #times: Times;
  #model = '';

  constructor(base: URL, key: string | undefined, times: Times) {
    this.address = shownAddress(base);
    this.#client = new HttpClient(base, key);
    this.#times = times;
  }

  /**
   * Asks for version and model, which later requests name.
   * @param name of the model folder, to choose among several models
   * @throws ServerFault, StarlingError E_ACCESS, E_ENGINE
   */
  async facts(name: string, interrupted?: AbortSignal): Promise<ServerFacts> {
    const version = await this.#json('/version', interrupted);
    const models = await this.#json('/v1/models', interrupted);
    const { id, max_model_len } = this.#modelOf(models.data, name);
    this.#model = id;
    return {
      version: typeof version.version === 'string' ? version.version : 'of unknown version',
      model: id,
      ...(typeof max_model_len === 'number' && { maxLength: max_model_len }),
    };
  }

  /** The reward of each text. @throws ServerFault, RowError for texts that the server refuses, StarlingError E_ACCESS, E_ENGINE */
  async rewards({ lists, tokens }: TextsToScore, interrupted?: AbortSignal): Promise<number[]> {
    const model = this.#model;
    // The ids are whole texts: the server must add no token, and no function of its own to the reward.
    const body = `{"model":${JSON.stringify(model)},"input":[${lists.join()}],"use_activation":false,"add_special_tokens":false}`;
    const answer = await this.#answer('/classify', body, interrupted);
    return rewardsIn(answer, { texts: lists.length, tokens, model });
  }

  close(): void {
    this.#client.close();
  }

  async #json(path: string, interrupted?: AbortSignal) {
    const { text } = await this.#answer(path, undefined, interrupted);
    try {
      const value: unknown = JSON.parse(text);
      if (isObject(value)) return value;
    } catch {
      // Thrown below, with the same words for everything that is not an object.
    }
    throw new ServerFault('broken', `does not answer ${path} as vLLM does`);
  }

  async #answer(path: string, body: string | undefined, interrupted?: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.#client.ask({ path, body, timeout: this.#times.answer, interrupted });
    if (answer.status === 200) return answer;
    throw refusedAnswer(answer, this.address);
  }

  #modelOf(data: unknown, name: string): { id: string; max_model_len?: unknown } {
    const models = (Array.isArray(data) ? data : []).filter(isNamed);
    const [only] = models.length > 1 ? models.filter(({ id }) => id.split('/').at(-1) === name) : models;
    if (only !== undefined) return only;
    const found = models.length === 0 ? 'no model' : `the models ${models.map(({ id }) => id).join(', ')}`;
    const remedy = `serve one alone, or with --served-model-name ${name}`;
    throw new StarlingError('E_ENGINE', `${this.address} serves ${found}; ${remedy}`);
  }
}

function isNamed(model: unknown): model is { id: string; max_model_len?: unknown } {
  return isObject(model) && typeof model.id === 'string';
}
