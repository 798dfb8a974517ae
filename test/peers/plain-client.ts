import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Rows in flight, as many as the engine has at most. */
const IN_FLIGHT = 64;

/** Posts each row's lists of ids to `/classify`, as a script of a few lines would: no checks, no retries, no texts. */
export async function plainClient(address: string, rows: readonly (readonly number[][])[]): Promise<number[][]> {
  const agent = new Agent({ keepAlive: true });
  const { data } = (await (await fetch(`${address}/v1/models`)).json()) as { data: { id: string }[] };
  const found: number[][] = [];
  let next = 0;
  const worker = async () => {
    while (next < rows.length) {
      const row = next++;
      const body = JSON.stringify({ model: data[0].id, input: rows[row], use_activation: false });
      const answer = JSON.parse(await posted(`${address}/classify`, body, agent));
      found[row] = answer.data.map(({ probs }: { probs: number[] }) => probs[0]);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  agent.destroy();
  return found;
}

function posted(url: string, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => text(response).then(resolve, reject));
    sent.on('error', reject);
    sent.end(body);
  });
}
