import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { StarlingError } from '../../../src/contracts/errors.js';
import { tempFolder } from '../../temp-folder.js';
import { type Fault, FaultyServer, html, json, MODEL_NAME, refuse, type Seen } from './faulty-server.js';
import { QUICK, type Scored, scored, servedModel, settingsFor, someRows } from './served-model.js';

const ROWS = someRows(6, 3);
const BAD = 3;
const KEY = 'sk-not-to-be-shown-7f3a';
const GOLDEN = 8;

const model = await servedModel();
after(() => model[Symbol.asyncDispose]());

const keyFile = join(tempFolder(), 'key');
writeFileSync(keyFile, `${KEY}\n`);

/** The scores that every row should have: those of a server without a fault. */
const EXPECTED = await withServer(undefined, (server) => run(server.address));

async function withServer<Result>(fault: Fault | undefined, use: (server: FaultyServer) => Promise<Result>) {
  const server = await FaultyServer.open(model.rewards, fault);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

async function run(servers: string, interrupted?: AbortSignal): Promise<Scored> {
  const found = await scored(await settingsFor(model.folder, servers, keyFile), ROWS, interrupted);
  const told = [...found.refused, ...found.remarks, ...(found.ended ? [found.ended] : [])].map(String).join('\n');
  assert.ok(!told.includes(KEY), 'the key is never shown');
  return found;
}

/** Whether a request is for the row of three answers. */
const isBad = ({ lists }: Seen) => lists.length === BAD;
/** The fault for the first request for that row. */
const once =
  (fault: Fault): Fault =>
  (seen, honest) =>
    isBad(seen) && seen.before === 0 ? fault(seen, honest) : undefined;
/** The fault for every request for it. */
const always =
  (fault: Fault): Fault =>
  (seen, honest) =>
    isBad(seen) ? fault(seen, honest) : undefined;
/** The fault for rewards of rows and of golden rows. */
const everywhere =
  (fault: Fault): Fault =>
  (seen, honest) =>
    seen.lists.length > 0 ? fault(seen, honest) : undefined;

const reset: Fault = ({ response }) => {
  response.socket?.resetAndDestroy();
  return 'answered';
};
const silent: Fault = () => 'answered';

interface Case {
  fault: Fault;
  /** `carried on`: every row has its scores. A pattern: the row has no scores, and this is its error. `ended`: of the run. */
  outcome: 'carried on' | RegExp | { ended: RegExp };
}

const CASES: Readonly<Record<string, Case>> = {
  '429 with Retry-After in seconds': {
    fault: once(({ response }) => refuse(response, 429, { 'retry-after': '0' })),
    outcome: 'carried on',
  },
  '503 with Retry-After as a date': {
    fault: once(({ response }) => refuse(response, 503, { 'retry-after': new Date(Date.now() + 50).toUTCString() })),
    outcome: 'carried on',
  },
  '503 ten times, without Retry-After': {
    fault: (seen) => (isBad(seen) && seen.before < 10 ? refuse(seen.response, 503) : undefined),
    outcome: 'carried on',
  },
  'a reset connection': { fault: once(reset), outcome: 'carried on' },
  'a connection that is reset for one row each time': {
    fault: always(reset),
    outcome:
      /closed the connection without an answer \(ECONNRESET\), and 5 tries gave no rewards for this row; look at the server/,
  },
  'no answer in time': { fault: once(silent), outcome: 'carried on' },
  'no answer in time, for one row each time': {
    fault: always(silent),
    outcome: /did not answer within \d+ s, and 5 tries gave no rewards for this row/,
  },
  'half an answer, then a closed connection': {
    fault: once(({ response }, honest) => {
      const body = JSON.stringify(honest);
      response.writeHead(200, { 'content-length': body.length }).write(body.slice(0, body.length / 2));
      setTimeout(() => response.destroy(), 5);
      return 'answered';
    }),
    outcome: 'carried on',
  },
  'half a JSON': {
    fault: once(({ response }, honest) => json(response, JSON.stringify(honest).slice(0, 40))),
    outcome: 'carried on',
  },
  'JSON without rewards': {
    fault: always(({ response }) => json(response, [])),
    outcome: /answered JSON without rewards, and 5 tries/,
  },
  'too few rewards': {
    fault: always((_, honest) => ({ ...honest, data: honest.data.slice(1) })),
    outcome: /answered 2 rewards for 3 texts/,
  },
  'too many rewards': {
    fault: always((_, honest) => ({ ...honest, data: [...honest.data, ...honest.data] })),
    outcome: /answered 6 rewards for 3 texts/,
  },
  'rewards in another order': {
    fault: everywhere((_, honest) => ({ ...honest, data: honest.data.toReversed() })),
    outcome: 'carried on',
  },
  'a text twice and another one not at all': {
    fault: always((_, honest) => ({ ...honest, data: honest.data.map((one) => ({ ...one, index: 0 })) })),
    outcome: /answered the text 0 twice, or not at all/,
  },
  'a reward that is NaN': {
    fault: always(({ response }, honest) =>
      json(response, JSON.stringify(honest).replace(/"probs":\[[^\]]*/, '"probs":[NaN')),
    ),
    outcome: /answered NaN or an infinite reward/,
  },
  'a reward that is null': {
    fault: always((_, honest) => ({ ...honest, data: honest.data.map((one) => ({ ...one, probs: [null] })) })),
    outcome: /answered null for a reward/,
  },
  'two classes': {
    fault: everywhere((_, honest) => ({ ...honest, data: honest.data.map((one) => ({ ...one, probs: [0.4, 0.6] })) })),
    outcome: {
      ended: /E_ENGINE: .* answered 2 numbers for a text; expected one reward: does its folder have num_labels 1\?/,
    },
  },
  'a text that is too long for the server': {
    fault: always(({ response }) => refuse(response, 400, {}, 'maximum context length is 9 tokens')),
    outcome:
      /refused the row: it answered 400: maximum context length is 9 tokens; if a text is too long, .*--max-length/,
  },
  'a row that makes the server fail': {
    fault: always(({ response }) => refuse(response, 500, {}, `out of memory, key ${KEY}`)),
    outcome: /answered 500: out of memory, key \*\*\*, and 5 tries gave no rewards/,
  },
  "a proxy's page, once": { fault: once(({ response }) => html(response, 200)), outcome: 'carried on' },
  "a proxy's page with 502, each time": {
    fault: always(({ response }) => html(response, 502)),
    outcome: /answered 502, a page of HTML, as a proxy sends it, and 5 tries/,
  },
  "a proxy's page for everything": {
    fault: ({ response }) => html(response, 200),
    outcome: { ended: /E_ENGINE: .* does not answer \/version as vLLM does; expected vLLM with --runner pooling/ },
  },
  'a wrong key': {
    fault: everywhere(({ response }) => json(response, { error: 'Unauthorized' }, 401)),
    outcome: { ended: /E_ACCESS: .* does not accept the key \(401\); .*--engine-key-file FILE or in VLLM_API_KEY/ },
  },
  'a key that is withdrawn': {
    fault: always(({ response }) => json(response, { error: 'Unauthorized' }, 401)),
    outcome: { ended: /E_ACCESS: .* does not accept the key \(401\)/ },
  },
  'a redirect to another origin': {
    fault: everywhere(({ response }) => refuse(response, 307, { location: 'http://other.invalid/classify' })),
    outcome: { ended: /E_ENGINE: .* redirects to http:\/\/other\.invalid, and the key must not follow/ },
  },
  'a server without rewards': {
    fault: everywhere(({ response }) => refuse(response, 404, {}, 'Not Found')),
    outcome: { ended: /E_ENGINE: .* has no rewards for this model \(404: Not Found\); .*--runner pooling/ },
  },
  'a sigmoid in place of rewards': {
    fault: everywhere((_, honest) => changed(honest, (reward) => 1 / (1 + Math.exp(-reward)))),
    outcome: { ended: /E_ENGINE: .*off by \d+ % of their range, and 5\.0 % is allowed .*; they look like a sigmoid/ },
  },
  'another head': {
    fault: everywhere((_, honest) => changed(honest, (reward) => 2 * reward + 3)),
    outcome: { ended: /E_ENGINE: .*; they look like 2\.00 times the rewards \+ 3\.00: another head/ },
  },
  'another model': {
    fault: everywhere((_, honest) => changed(honest, (reward, i) => (i % 2 === 0 ? reward : -reward))),
    outcome: { ended: /E_ENGINE: .*; they look like those of another model/ },
  },
  'tokens that the server adds': {
    fault: everywhere((_, honest) => ({ ...honest, usage: { prompt_tokens: honest.usage.prompt_tokens + GOLDEN } })),
    outcome: { ended: /E_ENGINE: .* read \d+ tokens of \d+ that were sent, so it adds or cuts some/ },
  },
  'a model that is swapped behind a reset': {
    fault: swapped((honest) => changed(honest, (reward) => -reward)),
    outcome: { ended: /E_ENGINE: .*golden rows rewards that are off .*; they look like -1\.00 times/ },
  },
  'a model of another name behind a reset': {
    fault: (() => {
      let isSwapped = false;
      return (seen) => {
        if (isBad(seen)) isSwapped = true;
        if (isBad(seen)) return reset(seen, { data: [], model: '', usage: { prompt_tokens: 0 } });
        return isSwapped && seen.path === '/v1/models' ? json(seen.response, { data: [{ id: 'other' }] }) : undefined;
      };
    })(),
    outcome: { ended: /E_ENGINE: .* serves other now, and served served-model before/ },
  },
  'several models': {
    fault: ({ path, response }) =>
      path === '/v1/models' ? json(response, { data: [{ id: 'a' }, { id: 'b' }] }) : undefined,
    outcome: { ended: /E_ENGINE: .* serves the models a, b; serve one alone, or with --served-model-name yi/ },
  },
  'a server that reads shorter texts': {
    fault: ({ path, response }) =>
      path === '/v1/models' ? json(response, { data: [{ id: MODEL_NAME, max_model_len: 64 }] }) : undefined,
    outcome: {
      ended:
        /E_USAGE: .* reads at most 64 tokens, and texts may have 128; start it with --max-model-len 128, or give --max-length 64/,
    },
  },
  'an endless answer': {
    fault: once(({ response }) => {
      const piece = Buffer.alloc(2 ** 20, ' ');
      const more = () => {
        if (!response.destroyed && response.write(piece)) setImmediate(more);
        else response.once('drain', more);
      };
      response.writeHead(200);
      more();
      return 'answered';
    }),
    outcome: 'carried on',
  },
};

function changed(honest: Parameters<Fault>[1], change: (reward: number, i: number) => number): ReturnType<Fault> {
  const data = honest.data.map((one, i) => ({ ...one, probs: [change(Number(one.probs[0]), i)] }));
  return { ...honest, data };
}

/** Resets the connection at the special row, and answers otherwise from then on. */
function swapped(other: (honest: Parameters<Fault>[1]) => ReturnType<Fault>): Fault {
  let isSwapped = false;
  return (seen, honest) => {
    if (isBad(seen) && !isSwapped) {
      isSwapped = true;
      return reset(seen, honest);
    }
    return isSwapped && seen.lists.length > 0 ? other(honest) : undefined;
  };
}

for (const [what, { fault, outcome }] of Object.entries(CASES)) {
  test(`${what}: ${outcome === 'carried on' ? outcome : 'one clear line'}`, async () => {
    const found = await withServer(fault, (server) => run(server.address));
    if (typeof outcome === 'object' && 'ended' in outcome) {
      assert.ok(found.ended instanceof StarlingError, `${found.ended?.stack}`);
      assert.match(`${found.ended}`, outcome.ended);
      assert.doesNotMatch(`${found.ended}`, /\n/);
      return;
    }
    assert.equal(found.ended, undefined, `${found.ended?.stack}`);
    const isCarriedOn = outcome === 'carried on';
    const expected = [...EXPECTED.scores].filter(([index]) => isCarriedOn || index !== BAD);
    assert.deepEqual([...found.scores], expected, 'nothing is lost, nothing is twice, in order');
    assert.equal(found.refused.length, isCarriedOn ? 0 : 1, found.refused.join('\n'));
    if (isCarriedOn) return;
    assert.match(`${found.refused[0]}`, /^E_ENGINE: rows\.jsonl, line 4 \(row 3\): /);
    assert.match(`${found.refused[0]}`, outcome);
  });
}

test('there are at least 25 of them', () => {
  assert.ok(Object.keys(CASES).length >= 25, `${Object.keys(CASES).length}`);
  assert.equal(EXPECTED.scores.size, ROWS.length);
});

test('the key goes to every request of the named server, and the ids are those of the model', async () => {
  await withServer(undefined, async (server) => {
    await run(server.address);
    assert.ok(server.seen.length > 8);
    for (const { authorization } of server.seen) assert.equal(authorization, `Bearer ${KEY}`);
    assert.ok(server.asked(GOLDEN).length >= 2, 'golden rows before the first row and after the last');
  });
});

test('a server that is not there is one line; beside another one it is a remark, and every row is scored', async () => {
  await using gone = await FaultyServer.open(model.rewards);
  const { address } = gone;
  await gone.close();
  const alone = await run(address);
  assert.match(`${alone.ended}`, /^E_NETWORK: .* cannot be reached \(ECONNREFUSED\); start the server and wait/);
  await withServer(undefined, async (server) => {
    const { scores, ended, remarks } = await run(`${address},${server.address}`);
    assert.deepEqual([scores, ended], [EXPECTED.scores, undefined]);
    assert.match(remarks.join(), /cannot be reached \(ECONNREFUSED\); it gets rows when it answers/);
  });
});

test('a server that dies for good gives its rows to the other; one that comes back is used again', async () => {
  await withServer(undefined, async (living) => {
    await using dying = await FaultyServer.open(model.rewards);
    const { address, port } = dying;
    let isDead = false;
    dying.fault = (seen, honest) => {
      if (seen.lists.length !== 2 && seen.lists.length !== BAD) return undefined;
      isDead = true;
      void dying.close();
      return reset(seen, honest);
    };
    const { scores, ended, remarks } = await run(`${address},${living.address}`);
    assert.deepEqual([scores, ended, isDead], [EXPECTED.scores, undefined, true]);
    assert.equal(remarks.filter((remark) => remark.startsWith(address)).length, 1, remarks.join('\n'));
    await using again = await FaultyServer.open(model.rewards, undefined, port);
    const second = await run(`${address},${living.address}`);
    assert.deepEqual(second.scores, EXPECTED.scores);
    assert.ok(again.seen.length > 2, 'it got rows');
  });
});

test('when no server answers any more, the run ends after its patience, and says how to go on', async () => {
  await using server = await FaultyServer.open(model.rewards);
  server.fault = (seen, honest) => {
    if (!isBad(seen)) return undefined;
    void server.close();
    return reset(seen, honest);
  };
  const { ended } = await run(server.address);
  assert.match(
    `${ended}`,
    /^E_ENGINE: no server has answered for 0 minutes .*; start them again and go on with --resume/,
  );
});

test('an interrupt ends the run at once, also while a server does not answer or asks to wait', async () => {
  for (const fault of [always(silent), always(({ response }) => refuse(response, 503, { 'retry-after': '600' }))]) {
    await withServer(fault, async (server) => {
      const stop = new AbortController();
      const running = run(server.address, stop.signal);
      while (server.asked(BAD).length === 0) await wait(1);
      stop.abort('SIGINT');
      const { ended, scores } = await running;
      assert.match(`${ended}`, /^E_INTERRUPTED: stopped/);
      assert.ok(
        [...scores.keys()].every((index) => index < BAD),
        'rows before it are in order',
      );
    });
  }
});

test('the pauses grow, up to the longest', async () => {
  const { pauseAfter } = await import('../../../src/engines/remote/times.js');
  assert.deepEqual(
    [1, 2, 3, 4, 5, 9].map((faults) => pauseAfter(faults, QUICK)),
    [2, 4, 8, 16, 20, 20],
  );
});
