import { isObject } from '../../json/json-object.js';
import { isHtml } from './answer-faults.js';
import type { HttpAnswer } from './http-client.js';
import { ServerFault } from './server-fault.js';

/** What was sent, by which an answer is checked. */
export interface SentTexts {
  /** Number of texts. */
  texts: number;
  /** Ids of all texts. */
  tokens: number;
  model: string;
}

/**
 * The rewards in an answer of `/classify`, in the order of the texts. Each text has an `index`, so another order of the answer is no fault.
 * Source: vllm/entrypoints/pooling/classify/protocol.py of vLLM 0.32.
 * @throws ServerFault if it does not hold exactly one finite reward for each text
 */
export function rewardsIn(answer: HttpAnswer, sent: SentTexts): number[] {
  const body = parsed(answer);
  if (!isObject(body) || !Array.isArray(body.data)) throw wrong('answered JSON without rewards');
  const { data, model, usage } = body;
  if (typeof model === 'string' && model !== sent.model)
    throw wrong(`answered with the model ${model}, not ${sent.model}`);
  if (data.length !== sent.texts) throw wrong(`answered ${data.length} rewards for ${sent.texts} texts`);
  const read = isObject(usage) ? usage.prompt_tokens : undefined;
  if (typeof read === 'number' && read !== sent.tokens)
    throw wrong(`read ${read} tokens of ${sent.tokens} that were sent, so it adds or cuts some`);
  const rewards: (number | undefined)[] = Array.from({ length: sent.texts });
  for (const one of data) {
    const { index, reward } = entryOf(one);
    if (!(index in rewards) || rewards[index] !== undefined)
      throw wrong(`answered the text ${index} twice, or not at all`);
    rewards[index] = reward;
  }
  return rewards.flatMap((reward) => reward ?? []);
}

function parsed({ text, headers }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (isHtml(text, headers['content-type']))
      throw wrong('answered with a page of HTML, as a proxy does, not with rewards');
    if (/\b(NaN|Infinity)\b/.test(text)) throw wrong('answered NaN or an infinite reward');
    throw wrong('answered something that is no JSON, or half of it');
  }
}

function entryOf(entry: unknown): { index: number; reward: number } {
  const { index, probs } = isObject(entry) ? entry : {};
  if (typeof index !== 'number') throw wrong('answered a reward without its index');
  const [reward, ...others] = Array.isArray(probs) ? probs : [];
  if (others.length > 0) {
    throw wrong(
      `answered ${others.length + 1} numbers for a text; expected one reward: does its folder have num_labels 1?`,
    );
  }
  if (typeof reward !== 'number' || !Number.isFinite(reward))
    throw wrong(`answered ${JSON.stringify(reward)} for a reward`);
  return { index, reward };
}

function wrong(message: string): ServerFault {
  return new ServerFault('broken', message);
}
