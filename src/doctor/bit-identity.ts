import type { Check } from '../contracts/check.js';

/** The same answers scored in another way, in the same order. */
export interface OtherWay {
  way: string;
  rewards: readonly number[];
}

/** Whether an answer's reward is the same, to the last bit, however it was scored. */
export function bitIdentityCheck(rewards: readonly number[], ways: readonly OtherWay[]): Check {
  const differing = ways.map((one) => ({
    way: one.way,
    differ: rewards.filter((reward, i) => !Object.is(reward, one.rewards[i])).length,
  }));
  const broken = differing.filter(({ differ }) => differ > 0);
  return {
    check: 'bit identity',
    verdict: broken.length > 0 ? 'fail' : 'ok',
    found:
      broken.length > 0
        ? broken.map(({ way, differ }) => `${differ} of ${rewards.length} rewards differ ${way}`).join(', ')
        : `${rewards.length} rewards are the same ${ways.map(({ way }) => way).join(', ')}`,
    ...(broken.length > 0 && {
      remedy: 'scores of one run compare; do not mix runs. Please report it with the model and the machine',
    }),
    details: { answers: rewards.length, ways: differing },
  };
}
