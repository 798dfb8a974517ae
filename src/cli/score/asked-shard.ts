import { StarlingError } from '../../contracts/errors.js';
import { MOST_SHARDS, type Shard, shardInText, shardText } from '../../read/choose/shard.js';
import { needs } from '../common/settings.js';

/** The word in place of `i/n` that leaves the shard to the environment. */
const AUTO = 'auto';

/** A shard, and what it was taken from. */
export interface FoundShard extends Shard {
  /** `--shard`, or the variables of a scheduler. */
  source: string;
  /** Whether `--shard auto` has found it. */
  isFound: boolean;
}

/** How a scheduler numbers the tasks of a job. */
interface Scheduler {
  /** The variable with the number of the task. The scheduler is absent without it. */
  task: string;
  /** @returns `undefined` if the scheduler does not say how many tasks there are */
  numbered(environment: NodeJS.ProcessEnv): Shard | undefined;
}

const SCHEDULERS: readonly Scheduler[] = [
  { task: 'SLURM_ARRAY_TASK_ID', numbered: slurmTask },
  {
    task: 'RANK',
    numbered: (environment) => ({ index: variable(environment, 'RANK'), count: variable(environment, 'WORLD_SIZE') }),
  },
  { task: 'JOB_COMPLETION_INDEX', numbered: () => undefined },
];

/**
 * The shard that `--shard` and `--shards` ask for.
 * @param shards the count for `auto`: the number of the task is then the index, and no scheduler is asked for its count
 * @param environment that `--shard auto` looks into
 * @throws StarlingError E_USAGE for what is no shard; for `auto` if no scheduler is there, one does not say enough, or two disagree
 */
export function askedShard(
  { shard, shards }: { shard?: string; shards?: number },
  environment: NodeJS.ProcessEnv = process.env,
): FoundShard | undefined {
  if (shard === undefined) {
    if (shards !== undefined) throw needs('--shards', '--shard auto');
    return undefined;
  }
  if (shard !== AUTO) return typedShard(shard, shards);
  const found = SCHEDULERS.filter(({ task }) => environment[task] !== undefined).map((scheduler) =>
    shardBy(scheduler, environment, shards),
  );
  const [first, ...others] = found;
  if (first === undefined) throw noScheduler();
  const other = others.find((one) => shardText(one) !== shardText(first));
  if (other === undefined) return { ...first, source: found.map(({ source }) => source).join(' and ') };
  const problem = `${first.source} gives ${shardText(first)}, but ${other.source} gives ${shardText(other)}`;
  throw unclear(`${problem}; unset one of them, or give --shard i/n`);
}

function typedShard(shard: string, shards: number | undefined): FoundShard {
  if (shards !== undefined) {
    throw new StarlingError('E_USAGE', '--shards is the count for --shard auto; --shard i/n has one of its own');
  }
  const found = shardInText(shard);
  if (found !== undefined) return checked({ ...found, source: '--shard', isFound: false });
  throw new StarlingError('E_USAGE', `--shard ${shard}: expected i/n with i from 0, such as 3/64, or auto`);
}

function shardBy({ task, numbered }: Scheduler, environment: NodeJS.ProcessEnv, shards?: number): FoundShard {
  if (shards !== undefined)
    return checked({ index: variable(environment, task), count: shards, source: task, isFound: true });
  const found = numbered(environment);
  if (found === undefined) throw unclear(`${task} comes without a number of tasks; give it with --shards n`);
  return checked({ ...found, source: task, isFound: true });
}

/** The first task of an array may have any number, and the next one any distance from it. */
function slurmTask(environment: NodeJS.ProcessEnv): Shard {
  const id = variable(environment, 'SLURM_ARRAY_TASK_ID');
  const [min, max, count] = ['MIN', 'MAX', 'COUNT'].map((name) => variable(environment, `SLURM_ARRAY_TASK_${name}`));
  const step = environment.SLURM_ARRAY_TASK_STEP === undefined ? 1 : variable(environment, 'SLURM_ARRAY_TASK_STEP');
  const index = (id - min) / step;
  if (count === (max - min) / step + 1 && Number.isInteger(index)) return { index, count };
  const problem = `this array has ${count} tasks, numbered ${min} to ${max} in steps of ${step}, so some are left out`;
  throw unclear(`${problem}; give the number of all shards with --shards n`);
}

function variable(environment: NodeJS.ProcessEnv, name: string): number {
  const value = environment[name];
  if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
  const found = value === undefined ? 'is not set' : `is ${JSON.stringify(value)}`;
  throw unclear(`${name} ${found}, expected a whole number; give --shard i/n`);
}

function checked(shard: FoundShard): FoundShard {
  const { index, count, source } = shard;
  if (count < 1 || count > MOST_SHARDS) {
    throw new StarlingError('E_USAGE', `${source}: found ${count} shards, expected 1 to ${MOST_SHARDS}`);
  }
  if (index < count) return shard;
  const problem = `${source}: there is no shard ${index} of ${count}; they are numbered from 0 to ${count - 1}`;
  throw new StarlingError('E_USAGE', problem);
}

function noScheduler(): StarlingError {
  const names = SCHEDULERS.map(({ task }) => task).join(', ');
  return unclear(`none of ${names} is set; give --shard i/n`);
}

function unclear(problem: string): StarlingError {
  return new StarlingError('E_USAGE', `--shard auto: ${problem}`);
}
