import type { Check } from '../contracts/check.js';

/** Rewards of the same answers, scored in another way. */
export interface OtherWay {
  /** For messages: `in reverse order`. */
  way: string;
  /** In the order of the first rewards. */
  rewards: readonly number[];
}

/** Checks that rewards have the same bits in all ways of scoring. */
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
      remedy: 'compare only scores of one run, and please report this with the model and the machine',
    }),
    details: { answers: rewards.length, ways: differing },
  };
}
