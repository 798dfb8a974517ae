import { join } from 'node:path';
import { RowError } from '../../../src/contracts/errors.js';
import type { Row } from '../../../src/contracts/row.js';
import { convert } from '../../../src/convert/convert.js';
import { planRow } from '../../../src/engines/local/plan/plan.js';
import { RewardSession } from '../../../src/engines/local/session.js';
import type { Times } from '../../../src/engines/remote/times.js';
import { VllmServers } from '../../../src/engines/remote/vllm-servers.js';
import { openModelFolder } from '../../../src/model/folder.js';
import { openScorer, type ScoringSettings } from '../../../src/score/open-scorer.js';
import { servedFamily } from '../../convert/transformers/served-families.js';
import { tempFolder } from '../../temp-folder.js';
import type { Rewards } from './faulty-server.js';

/** A folder for servers, and the rewards of its model by a session on this machine. */
export interface ServedModel extends AsyncDisposable {
  folder: string;
  rewards: Rewards;
}

export async function servedModel(): Promise<ServedModel> {
  const parent = tempFolder();
  const folder = await servedFamily(parent, 'yi');
  const model = join(parent, 'model');
  await convert({ checkpoint: join(parent, 'yi-checkpoint'), folder: model, dtypes: ['fp32'], overrides: {} });
  const session = await RewardSession.open((await openModelFolder(model)).graph, 1);
  let queue: Promise<unknown> = Promise.resolve();
  const reward = (ids: readonly number[]) => {
    const scored = queue.then(() => session.score(planRow([{ ids: Int32Array.from(ids), cut: 0 }])));
    queue = scored.catch(() => {});
    return scored;
  };
  return {
    folder,
    rewards: async (lists) => (await Promise.all(lists.map(reward))).map(([one]) => one),
    [Symbol.asyncDispose]: () => session.close(),
  };
}

/** Short, but an answer has time enough on a busy machine. */
export const QUICK: Times = { answer: 500, firstPause: 2, longestPause: 20, patience: 4000 };

export async function settingsFor(folder: string, servers: string, keyFile?: string): Promise<ScoringSettings> {
  const run = await VllmServers.at(servers, { times: QUICK, keyFile });
  return { model: { folder }, text: { allowSpecial: false }, run };
}

/** Rows of two answers, of which the one with this index has three. */
export function someRows(count: number, special: number): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const conversation = [{ role: 'user' as const, text: `Say ${index}` }];
    const answers = ['the thing', `${index} it is`, ...(index === special ? ['no'] : [])].map((text) => ({ text }));
    const place = { file: 'rows.jsonl', line: index + 1, row: index };
    return { index, promptId: '', conversation, answers, place, record: {} };
  });
}

/** The scores and errors of rows. */
export interface Scored {
  /** Scores by index. */
  scores: Map<number, number[]>;
  /** Errors of rows. */
  refused: RowError[];
  /** The error that ended the run. */
  ended?: Error;
  remarks: string[];
}

/** Scores the rows as `--on-error skip` does. */
export async function scored(
  settings: ScoringSettings,
  rows: readonly Row[],
  interrupted?: AbortSignal,
): Promise<Scored> {
  const found: Scored = { scores: new Map(), refused: [], remarks: [] };
  async function* each() {
    yield* rows;
  }
  try {
    await using scorer = await openScorer(settings, { interrupted, tell: (remark) => found.remarks.push(remark) });
    for await (const ranking of scorer.rankings(each(), { keep: false, stop: () => {} })) {
      if (ranking instanceof RowError) found.refused.push(ranking);
      else found.scores.set(ranking.index, ranking.scores);
    }
  } catch (error) {
    found.ended = error as Error;
  }
  return found;
}
