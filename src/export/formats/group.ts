import { MESSAGES, messagesOf, replyOf } from '../parts/messages.js';
import type { TrainingFormat } from './format.js';

/** Added to the standard deviation, as TRL's GRPOTrainer does. */
const EPSILON = 1e-4;

/**
 * One answer an example, with what policy gradients need of its group, which is its row:
 *
 * - `baseline`: the mean reward of the group; `advantage`: reward - baseline, for APA with a baseline per prompt (arXiv 2306.02231);
 * - `rloo_advantage`: reward - mean reward of the other answers (arXiv 2402.14740);
 * - `grpo_advantage`: (reward - baseline) / (standard deviation + 1e-4), with n - 1 in the variance (arXiv 2402.03300, as TRL computes it).
 */
export const group: TrainingFormat = {
  unit: 'answers',
  columns: () => [
    { name: 'group_id', type: 'int64' },
    { name: 'prompt_id', type: 'string' },
    { name: 'prompt', type: MESSAGES },
    { name: 'completion', type: MESSAGES },
    ...['reward', 'baseline', 'advantage', 'rloo_advantage', 'grpo_advantage'].map((name) => ({
      name,
      type: 'double' as const,
    })),
  ],
  examples({ row: { ranking, conversation }, answers }) {
    const n = answers.length;
    const sum = sumOf(answers.map(({ value }) => value));
    const baseline = sum / n;
    const deviation = Math.sqrt(sumOf(answers.map(({ value }) => (value - baseline) ** 2)) / (n - 1));
    const prompt = messagesOf(conversation);
    return answers.map(({ text, value }) => ({
      group_id: ranking.index,
      prompt_id: ranking.prompt_id,
      prompt,
      completion: [replyOf(text)],
      reward: value,
      baseline,
      advantage: value - baseline,
      rloo_advantage: value - (sum - value) / (n - 1),
      grpo_advantage: (value - baseline) / (deviation + EPSILON),
    }));
  },
};

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
