import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that holds a lock, as the lock file describes it. */
export interface LockOwner {
  host: string;
  pid: number;
  /** Id of the machine's current boot, on systems that have one. */
  boot?: string;
  /** The namespace of the pid: containers on one machine have one each. */
  pid_namespace?: string;
  /** Start of the process in clock ticks since the boot, because pids are reused. */
  started?: string;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const PID_NAMESPACE = '/proc/self/ns/pid';

/** Positions in /proc/PID/stat after the name of the program, which may contain anything. */
const STATE = 0;
const STARTED = 19;

/** States of a process that has ended, even if its parent has not asked for its exit code yet. */
const ENDED: ReadonlySet<string> = new Set(['Z', 'X']);

export function thisProcess(): LockOwner {
  return {
    host: hostname(),
    pid: process.pid,
    boot: orUndefined(() => readFileSync(BOOT_ID, 'utf8').trim()),
    pid_namespace: orUndefined(() => readlinkSync(PID_NAMESPACE)),
    started: processStat(process.pid)?.[STARTED],
  };
}

/** `undefined` if the text is not that of a lock file. */
export function ownerOf(text: string): LockOwner | undefined {
  const owner = orUndefined(() => JSON.parse(text) as Partial<LockOwner> | null);
  if (typeof owner?.host !== 'string' || !Number.isSafeInteger(owner.pid) || Number(owner.pid) < 1) return undefined;
  return owner as LockOwner;
}

/** Whether the process has certainly ended. Processes of other machines or containers are not visible from here. */
export function hasEnded(owner: LockOwner): boolean {
  if (!isSeenFromHere(owner)) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const stat = processStat(owner.pid);
  if (stat === undefined) return false;
  return ENDED.has(stat[STATE]) || (owner.started !== undefined && owner.started !== stat[STARTED]);
}

function isSeenFromHere(owner: LockOwner): boolean {
  const here = thisProcess();
  return owner.boot === here.boot && owner.pid_namespace === here.pid_namespace && isSameHost(owner, here);
}

/** The boot identifies the machine; the host's name may change during a boot. */
function isSameHost(owner: LockOwner, here: LockOwner): boolean {
  return here.boot !== undefined || owner.host === here.host;
}

function processStat(pid: number): string[] | undefined {
  const text = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
