import { type Place, StarlingError } from '../contracts/errors.js';
import type { ScoreIdentity } from '../contracts/identity.js';
import { isObject } from '../json/json-object.js';
import type { AskedFor, InputRecord, RunRecord } from './run-record.js';

/** What two runs must share for one to continue the other's output. */
export type RunPlan = Pick<RunRecord, 'identity' | 'asked' | 'inputs'>;

/** One difference between two runs: its name and both values, as text for people. */
export interface Difference {
  name: string;
  before: string;
  now: string;
}

/** Names for people, of settings that have no flag. */
const OF_PEOPLE: Readonly<Record<string, string>> = {
  model_sha256: 'model',
  add_bos: 'BOS',
  allow_special: '--allow-special',
  max_length: '--max-length',
  system: '--system',
  trim: '--trim',
  keep: '--keep',
  limit: '--limit',
  sample: '--sample',
  seed: '--seed',
  where: '--where',
  shard: '--shard',
  on_error: '--on-error',
  rejects: '--rejects',
  temperature: 'T of --calibration',
};

const PROCESSOR = 'processor';
const SHOWN_DIGEST = 12;

/**
 * Refuses to continue the output of a run with other scores or other rows.
 * @param place the file that the error is about
 * @param mixesMachines whether a different processor is allowed
 * @throws StarlingError E_RESUME with all differences
 */
export function refuseOtherRun(before: RunPlan, now: RunPlan, place: Place, { mixesMachines = false } = {}): void {
  const found = runDifferences(before, now).filter(({ name }) => !(mixesMachines && name === PROCESSOR));
  if (found.length === 0) return;
  const what = found.map(({ name, before: was, now: is }) => `${name} (${was} -> ${is})`).join(', ');
  const remedy = found.every(({ name }) => name === PROCESSOR)
    ? 'go on where it began, or allow scores of both with --mixed-machines'
    : 'go on with the same model, flags and inputs, name another file, or start anew with --force and without --resume';
  throw new StarlingError('E_RESUME', `the earlier run differs in ${what}; ${remedy}`, place);
}

/** The differences that would change the scores or the rows. The model's name is not one of them. */
export function runDifferences(before: RunPlan, now: RunPlan): Difference[] {
  return [
    ...identityDifferences(before.identity, now.identity),
    ...between(comparable(before.asked, before.asked), comparable(now.asked, before.asked)),
    ...inputDifferences(before.inputs, now.inputs),
  ];
}

/**
 * Ignores the model's name: two folders with the same digest are the same model. The same holds for the places where a model is served, and
 * for what a server made of the golden rows, which changes in its last digits.
 */
function identityDifferences(before: ScoreIdentity, now: ScoreIdentity): Difference[] {
  return between(ofScores(before), ofScores(now));
}

function ofScores({ model, servers, served_model, golden, caveat, ...others }: ScoreIdentity): object {
  return others;
}

/**
 * The choices in which two runs scored differently, each once. Consequences of a choice are not listed beside it: another dtype of the
 * same folder implies other weights, and another template file implies another digest.
 */
export function scoringDifferences(before: ScoreIdentity, now: ScoreIdentity): Difference[] {
  const isOtherDtype = before.model === now.model && before.dtype !== now.dtype;
  const isOtherTemplate = before.template !== now.template;
  const likened: Partial<ScoreIdentity> = {
    ...(isOtherDtype && { model_sha256: before.model_sha256 }),
    ...(isOtherTemplate && { template_sha256: before.template_sha256 }),
  };
  return identityDifferences(before, { ...now, ...likened });
}

/** Under `stop` the output holds no row after a bad one, so a different treatment of bad rows does not change what was written. */
function comparable({ bad_rows, ...asked }: AskedFor, before: AskedFor): object {
  return before.bad_rows.on_error === 'stop' ? asked : { ...asked, bad_rows };
}

function between(before: object, now: object): Difference[] {
  const [old, fresh] = [Object.entries(before), Object.entries(now)];
  const names = new Set([...old, ...fresh].map(([name]) => name));
  return [...names].flatMap((name) => {
    const [was, is] = [valueAt(before, name), valueAt(now, name)];
    if (isObject(was) || isObject(is)) return between(was ?? {}, is ?? {});
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [difference(name, was, is)];
  });
}

function valueAt(object: object, name: string): object | undefined {
  return (object as Record<string, object | undefined>)[name];
}

function difference(name: string, was: unknown, is: unknown): Difference {
  if (Array.isArray(was) && Array.isArray(is)) {
    return { name: OF_PEOPLE[name] ?? name, before: listWithout(was, is), now: listWithout(is, was) };
  }
  return { name: OF_PEOPLE[name] ?? name, before: shown(name, was), now: shown(name, is) };
}

/** The items that only the first list has. */
function listWithout(list: readonly unknown[], other: readonly unknown[]): string {
  return list.filter((item) => !other.includes(item)).join(' ') || 'none of these';
}

function shown(name: string, value: unknown): string {
  if (value === undefined) return 'not given';
  if (name.endsWith('sha256') && typeof value === 'string') return value.slice(0, SHOWN_DIGEST);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A single input may have moved: the output does not contain its name. */
export function inputDifferences(before: readonly InputRecord[], now: readonly InputRecord[]): Difference[] {
  if (before.length !== now.length) {
    return [{ name: 'number of inputs', before: String(before.length), now: String(now.length) }];
  }
  const isSeveral = now.length > 1;
  return before.flatMap((was, i) => {
    const is = now[i];
    if (isSeveral && was.name !== is.name) return [{ name: `input ${i + 1}`, before: was.name, now: is.name }];
    if (was.bytes !== is.bytes) return [{ name: is.name, before: sized(was), now: sized(is) }];
    if (was.sha256 === undefined && was.bytes !== undefined && was.modified !== is.modified) return [touched(was, is)];
    if (was.sha256 === undefined || is.sha256 === undefined || was.sha256 === is.sha256) return [];
    return [{ name: is.name, before: `SHA-256 ${shown('sha256', was.sha256)}`, now: shown('sha256', is.sha256) }];
  });
}

/** The content may be the same, but this is not known: the earlier run ended before it had computed the file's digest. */
function touched(was: InputRecord, is: InputRecord): Difference {
  const time = ({ modified }: InputRecord) => new Date(Number(BigInt(modified ?? 0) / 1_000_000n)).toISOString();
  return { name: is.name, before: `changed ${time(was)}`, now: time(is) };
}

function sized({ bytes }: InputRecord): string {
  return bytes === undefined ? 'a pipe' : `${bytes} bytes`;
}
