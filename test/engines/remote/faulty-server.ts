import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as a fault sees it. */
export interface Seen {
  path: string;
  authorization: string | undefined;
  /** Lists of ids; none for other requests than `/classify`. */
  lists: readonly number[][];
  /** How many requests with as many lists came before. */
  before: number;
  response: ServerResponse;
}

/** What an honest server answers. */
export interface HonestAnswer {
  data: { index: number; label: string; probs: (number | null)[]; num_classes: number }[];
  model: string;
  usage: { prompt_tokens: number };
}

/** Answers in place of the server, or changes its answer; `undefined` for a request that it leaves alone. */
export type Fault = (seen: Seen, honest: HonestAnswer) => HonestAnswer | 'answered' | undefined;

export type Rewards = (lists: readonly number[][]) => Promise<number[]>;

export const MODEL_NAME = 'served-model';

/**
 * A server that speaks vLLM's protocol with the rewards of a real session, apart from its fault. Only faults are tested with it: the good
 * path is tested with vLLM itself (test/peers/vllm.test.ts).
 */
export class FaultyServer implements AsyncDisposable {
  readonly seen: Seen[] = [];
  fault: Fault;
  readonly #rewards: Rewards;
  readonly #server: Server;

  static async open(rewards: Rewards, fault: Fault = () => undefined, port = 0): Promise<FaultyServer> {
    const server = new FaultyServer(rewards, fault);
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  private constructor(rewards: Rewards, fault: Fault) {
    this.#rewards = rewards;
    this.fault = fault;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Requests for rewards of rows with so many texts. */
  asked(texts: number): Seen[] {
    return this.seen.filter(({ lists }) => lists.length === texts);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** May be called again. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '', headers } = request;
    const body = await text(request);
    const lists: number[][] = path === '/classify' ? JSON.parse(body).input : [];
    const seen = {
      path,
      authorization: headers.authorization,
      lists,
      before: this.asked(lists.length).length,
      response,
    };
    this.seen.push(seen);
    const rewards = await this.#rewards(lists);
    const data = rewards.map((reward, index) => ({ index, label: 'LABEL_0', probs: [reward], num_classes: 1 }));
    const tokens = lists.reduce((sum, { length }) => sum + length, 0);
    const honest = { data, model: MODEL_NAME, usage: { prompt_tokens: tokens } };
    const made = this.fault(seen, honest);
    if (made === 'answered') return;
    if (path === '/version') json(response, { version: '0.32.0' });
    else if (path === '/v1/models') json(response, { data: [{ id: MODEL_NAME, max_model_len: 4096 }] });
    else json(response, made ?? honest);
  }
}

export function json(response: ServerResponse, value: unknown, status = 200): 'answered' {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  return 'answered';
}

export function html(response: ServerResponse, status: number): 'answered' {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Bad gateway</title>');
  return 'answered';
}

export function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  message = 'no',
): 'answered' {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message, type: 'Error', code: status } }));
  return 'answered';
}
