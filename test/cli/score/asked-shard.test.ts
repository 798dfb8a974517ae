import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedShard } from '../../../src/cli/score/asked-shard.js';
import { StarlingError } from '../../../src/contracts/errors.js';

const slurm = (id: number, min: number, max: number, step: number, count: number) => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_MAX: `${max}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
});
const AUTO = { shard: 'auto' };

test('--shard takes i/n, or what a scheduler says', () => {
  const cases: [Parameters<typeof askedShard>[0], NodeJS.ProcessEnv, [number, number, string]][] = [
    [{ shard: '0/1' }, {}, [0, 1, '--shard']],
    [{ shard: '63/64' }, slurm(1, 0, 3, 1, 4), [63, 64, '--shard']],
    [AUTO, slurm(0, 0, 63, 1, 64), [0, 64, 'SLURM_ARRAY_TASK_ID']],
    // As Slurm sets them for --array=3-9:3.
    [AUTO, slurm(6, 3, 9, 3, 3), [1, 3, 'SLURM_ARRAY_TASK_ID']],
    [AUTO, slurm(64, 1, 64, 1, 64), [63, 64, 'SLURM_ARRAY_TASK_ID']],
    [AUTO, { RANK: '1', WORLD_SIZE: '8' }, [1, 8, 'RANK']],
    [{ ...AUTO, shards: 64 }, slurm(17, 3, 17, 1, 2), [17, 64, 'SLURM_ARRAY_TASK_ID']],
    [{ ...AUTO, shards: 4 }, { SLURM_ARRAY_TASK_ID: '3' }, [3, 4, 'SLURM_ARRAY_TASK_ID']],
    [{ ...AUTO, shards: 4 }, { RANK: '3', WORLD_SIZE: '2' }, [3, 4, 'RANK']],
    [{ ...AUTO, shards: 64 }, { JOB_COMPLETION_INDEX: '5' }, [5, 64, 'JOB_COMPLETION_INDEX']],
    [AUTO, { ...slurm(2, 0, 3, 1, 4), RANK: '2', WORLD_SIZE: '4' }, [2, 4, 'SLURM_ARRAY_TASK_ID and RANK']],
  ];
  for (const [asked, environment, [index, count, source]] of cases) {
    const isFound = asked.shard === 'auto';
    assert.deepEqual(askedShard(asked, environment), { index, count, source, isFound });
  }
  assert.equal(askedShard({}, slurm(0, 0, 3, 1, 4)), undefined);
});

test('what is no shard, or not clear, is misuse', () => {
  const cases: [Parameters<typeof askedShard>[0], NodeJS.ProcessEnv, RegExp][] = [
    [{ shard: '64/64' }, {}, /--shard: there is no shard 64 of 64; they are numbered from 0 to 63/],
    [{ shard: '0/0' }, {}, /--shard: found 0 shards, expected 1 to 99999/],
    [{ shard: '0/100000' }, {}, /found 100000 shards, expected 1 to 99999/],
    [{ shard: '3' }, {}, /--shard 3: expected i\/n with i from 0, such as 3\/64, or auto/],
    [{ shard: '-1/4' }, {}, /--shard -1\/4: expected i\/n/],
    [{ shards: 4 }, {}, /--shards does nothing without --shard auto/],
    [{ shard: '1/4', shards: 4 }, {}, /--shards is the count for --shard auto/],
    [AUTO, {}, /none of SLURM_ARRAY_TASK_ID, RANK, JOB_COMPLETION_INDEX is set; give --shard i\/n/],
    [AUTO, slurm(3, 3, 17, 1, 2), /has 2 tasks, numbered 3 to 17 in steps of 1, so some are left out; .*--shards n/],
    [AUTO, slurm(5, 3, 9, 3, 3), /numbered 3 to 9 in steps of 3/],
    [AUTO, { SLURM_ARRAY_TASK_ID: '3' }, /SLURM_ARRAY_TASK_MIN is not set/],
    [
      AUTO,
      { ...slurm(3, 0, 3, 1, 4), SLURM_ARRAY_TASK_MAX: 'x' },
      /SLURM_ARRAY_TASK_MAX is "x", expected a whole number/,
    ],
    [AUTO, { RANK: '0' }, /WORLD_SIZE is not set/],
    [AUTO, { RANK: '4', WORLD_SIZE: '4' }, /RANK: there is no shard 4 of 4/],
    [
      AUTO,
      { JOB_COMPLETION_INDEX: '0' },
      /JOB_COMPLETION_INDEX comes without a number of tasks; give it with --shards n/,
    ],
    [{ ...AUTO, shards: 4 }, { JOB_COMPLETION_INDEX: '4' }, /JOB_COMPLETION_INDEX: there is no shard 4 of 4/],
    [
      AUTO,
      { ...slurm(2, 0, 3, 1, 4), RANK: '2', WORLD_SIZE: '8' },
      /SLURM_ARRAY_TASK_ID gives 2\/4, but RANK gives 2\/8; unset one of them/,
    ],
    [{ ...AUTO, shards: 9 }, { ...slurm(2, 0, 3, 1, 4), RANK: '1' }, /gives 2\/9, but RANK gives 1\/9/],
  ];
  for (const [asked, environment, expected] of cases) {
    assert.throws(
      () => askedShard(asked, environment),
      (error) => error instanceof StarlingError && error.code === 'E_USAGE' && expected.test(error.message),
      `${JSON.stringify(asked)} ${JSON.stringify(environment)}`,
    );
  }
});
