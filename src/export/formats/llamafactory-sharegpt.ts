import type { Turn } from '../../contracts/row.js';
import type { ArrowType } from '../../tables/arrow-reader.js';
import { roundsOf } from '../parts/rounds.js';
import type { TrainingFormat } from './format.js';

const TAGS = { system: 'system', user: 'human', assistant: 'gpt' } as const;

const SHAREGPT_MESSAGE: ArrowType = {
  struct: new Map([
    ['from', 'string'],
    ['value', 'string'],
  ]),
};

/** LLaMA-Factory's pairs in the sharegpt form, with `ranking: true`. Source: hiyouga/LLaMA-Factory, data/README.md. */
export const llamafactorySharegpt: TrainingFormat = {
  unit: 'pairs',
  columns: () => [
    { name: 'conversations', type: { list: SHAREGPT_MESSAGE } },
    { name: 'chosen', type: SHAREGPT_MESSAGE },
    { name: 'rejected', type: SHAREGPT_MESSAGE },
  ],
  examples({ row: { conversation }, pairs }) {
    // LLaMA-Factory leaves out conversations whose turns do not alternate.
    roundsOf(conversation, 'export this row as trl-preference, which holds any turns');
    return pairs.map(({ chosen, rejected }) => ({
      conversations: conversation.map(taggedTurn),
      chosen: taggedTurn({ role: 'assistant', text: chosen.text }),
      rejected: taggedTurn({ role: 'assistant', text: rejected.text }),
    }));
  },
};

function taggedTurn({ role, text }: Turn): { from: string; value: string } {
  return { from: TAGS[role], value: text };
}
