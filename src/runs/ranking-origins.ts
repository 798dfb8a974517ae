import type { ScoredBy } from '../contracts/agreement.js';
import { placeText, StarlingError } from '../contracts/errors.js';
import type { ScoreIdentity } from '../contracts/identity.js';
import type { Input } from '../read/inputs/inputs.js';
import { partialOf } from '../write/files/new-file.js';
import { changesSince } from './changes-since.js';
import { type RunRecord, readRunRecord, recordOf } from './run-record.js';
import { checkedIdentity, identityInText } from './score-identity.js';

/** The distinct models and settings that scored some rankings, and sentences on what casts doubt on this. */
export interface RankingsScoredBy {
  scoredBy: readonly ScoredBy[];
  notes: readonly string[];
}

/** What is known about one input. */
interface Origin {
  identity?: ScoreIdentity;
  /** The record of the run that wrote the input. */
  record?: RunRecord;
  /** Problems with the metadata or the record. */
  problems: readonly string[];
}

const PARTIAL = partialOf('');
const MOST_NAMED = 5;
/** A folder may have thousands of shards. */
const MOST_NOTES = 10;

/**
 * Finds out what scored the rankings of some inputs: from the metadata of Parquet and Arrow, otherwise from the run record beside a file.
 * Unusable metadata or records are never an error, because the figures do not depend on them.
 */
export class RankingOrigins {
  readonly #metadata = new Map<string, string>();
  readonly #origins = new Map<string, Promise<Origin>>();

  /** The callback for `ReadOptions`. */
  readonly onIdentity = (input: string, text: string): void => {
    this.#metadata.set(input, text);
  };

  /** The identity that all inputs share, from the metadata read so far; `undefined` if one input differs or has none. */
  async common(inputs: readonly Input[]): Promise<ScoreIdentity | undefined> {
    const origins = await Promise.all(inputs.map((input) => this.#originOf(input)));
    const distinct = new Map(origins.map(({ identity }) => [JSON.stringify(identity), identity]));
    const [only] = distinct.values();
    return distinct.size === 1 ? only : undefined;
  }

  /** Called once all inputs were read. Files that have changed since are read again. */
  async found(inputs: readonly Input[]): Promise<RankingsScoredBy> {
    const distinct = new Map<string, ScoredBy>();
    const notes: string[] = [];
    const silent: string[] = [];
    for (const input of inputs) {
      const { identity, record, problems } = await this.#originOf(input);
      notes.push(...problems);
      if (record !== undefined) notes.push(...(await changesSince(input.name, recordFor(input, record))));
      if (identity === undefined) silent.push(input.name);
      else add(distinct, identity, dateOf(record));
    }
    if (distinct.size > 0 && silent.length > 0) notes.push(silentNote(silent, inputs.length));
    const scoredBy = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    return { scoredBy, notes: firstOf(notes) };
  }

  /** The key includes the metadata: they may arrive after the first question, and an answer without them must not be kept. */
  #originOf(input: Input): Promise<Origin> {
    const key = JSON.stringify([input.name, this.#metadata.get(input.name)]);
    const known = this.#origins.get(key) ?? originOf(input, this.#metadata.get(input.name));
    this.#origins.set(key, known);
    return known;
  }
}

function add(distinct: Map<string, ScoredBy>, identity: ScoreIdentity, date: string | undefined): void {
  const key = JSON.stringify(identity);
  const before = distinct.get(key)?.date;
  const last = [before, date]
    .filter((one) => one !== undefined)
    .sort()
    .at(-1);
  distinct.set(key, { ...identity, ...(last !== undefined && { date: last }) });
}

async function originOf(input: Input, metadata: string | undefined): Promise<Origin> {
  const problems: string[] = [];
  const attempt = async <Value>(work: () => Promise<Value> | Value): Promise<Value | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StarlingError)) throw error;
      problems.push(`Not used: ${placeText(error.place)}: ${error.message}.`);
      return undefined;
    }
  };
  const told = metadata === undefined ? undefined : await attempt(() => identityInText(metadata, input.name));
  const record = input.size === undefined ? undefined : await attempt(() => recordBeside(input.name));
  if (record === undefined) return { identity: told, problems };
  const unfit = unfitness(input.name, record, told);
  if (unfit !== undefined) return { identity: told, problems: [...problems, unfit] };
  return { identity: told ?? record.identity, record, problems };
}

/** FILE.partial shares the record of FILE. */
async function recordBeside(name: string): Promise<RunRecord | undefined> {
  const path = recordOf(isPartial(name) ? name.slice(0, -PARTIAL.length) : name);
  const record = await readRunRecord(path);
  if (record !== undefined) checkedIdentity(record.identity, path);
  return record;
}

/** Why a record does not belong to the run that wrote a file. */
function unfitness(name: string, { identity, end }: RunRecord, told: ScoreIdentity | undefined): string | undefined {
  const record = recordOf(name);
  if (end === undefined && !isPartial(name))
    return `Not used: ${record}: its run has not ended, so it did not write ${name}.`;
  if (told === undefined || JSON.stringify(told) === JSON.stringify(identity)) return undefined;
  return `Not used: ${record}: it names another model or other settings than the metadata of ${name}.`;
}

/** Drops the end of the run for FILE.partial: its size is that of FILE. */
function recordFor({ name }: Input, { end, ...record }: RunRecord): RunRecord {
  return isPartial(name) || end === undefined ? record : { ...record, end };
}

function isPartial(name: string): boolean {
  return name.endsWith(PARTIAL);
}

function dateOf(record: RunRecord | undefined): string | undefined {
  const time: unknown = record?.end?.time;
  return typeof time === 'string' && Date.parse(time) > 0 ? new Date(time).toISOString() : undefined;
}

function firstOf(notes: readonly string[]): readonly string[] {
  if (notes.length <= MOST_NOTES) return notes;
  return [...notes.slice(0, MOST_NOTES), `${notes.length - MOST_NOTES} more notes of these kinds are left out.`];
}

function silentNote(names: readonly string[], of: number): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.length} of ${of} inputs do not say what scored them: ${names.slice(0, MOST_NAMED).join(', ')}${more}.`;
}
