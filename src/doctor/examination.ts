import { availableParallelism } from 'node:os';
import type { Check } from '../contracts/check.js';
import { RowError, StarlingError, stoppedBy } from '../contracts/errors.js';
import type { Row } from '../contracts/row.js';
import type { EngineChoice, EngineModel } from '../engines/engines.js';
import { LocalModel } from '../engines/local/local-model.js';
import type { RowPlans } from '../engines/local/row-plans.js';
import { RUNTIME_VERSION } from '../engines/local/runtime-version.js';
import { checkIsFolder } from '../model/folder.js';
import { graphBytes } from '../model/graph/graph-bytes.js';
import { KeptFiles } from '../model/kept-files.js';
import { type ModelJson, readModelJson } from '../model/model-json.js';
import { ModelTexts } from '../model/texts/model-texts.js';
import type { Look } from '../model/texts/questions.js';
import { textOptions } from '../model/texts/text-options.js';
import { TextThread } from '../model/texts/thread.js';
import { type OpenTexts, rowPlansOf, type ScoringSettings, scorerOf } from '../score/open-scorer.js';
import type { Scorer } from '../score/scorer.js';
import { bitIdentityCheck, type OtherWay } from './bit-identity.js';
import { bosCheck } from './bos.js';
import { betterAndWorse, builtInRows, longRow } from './built-in-rows.js';
import { filesCheck } from './files.js';
import { goldenCheck } from './golden.js';
import { headCheck } from './head.js';
import { memoryCheck } from './memory.js';
import { readoutCheck } from './readout.js';
import { senseCheck } from './sense.js';
import { type Speed, speedCheck } from './speed.js';
import { spelledAsWords, templateTokensCheck } from './template-tokens.js';
import { threadsCheck } from './threads.js';
import { tokenIdsCheck } from './token-ids.js';
import { truncationCheck } from './truncation.js';
import { versionsCheck } from './versions.js';

export interface ExaminationOptions {
  scoring: ScoringSettings;
  /** Version of starling-rm. */
  version: string;
  /** Bytes of memory that this process can still allocate. */
  available: number;
  interrupted: AbortSignal;
}

/** The checks in order. If a check fails, the later ones are skipped, as they depend on it. */
export const CHECKS = [
  'versions',
  'threads',
  'files',
  'model',
  'token ids',
  'template',
  'BOS',
  'readout',
  'truncation',
  'memory',
  'head',
  'sense',
  'bit identity',
  'speed',
];

/** Checks of what only this machine's sessions have. */
const OF_SESSIONS: readonly string[] = ['threads', 'memory', 'bit identity'];

/** Rows that are timed for servers, which score several at once. */
const SERVED_ROWS = 16;

/** The checks of a choice of engine: a server is compared with the golden rows of its folder instead. */
export function checksOf({ sessions }: EngineChoice): string[] {
  if (sessions !== undefined) return [...CHECKS];
  const others = CHECKS.filter((check) => !OF_SESSIONS.includes(check));
  return others.flatMap((check) => (check === 'model' ? [check, 'golden rows'] : [check]));
}

/**
 * Examines this machine and a model folder, one check after the other. An error of a check becomes a failed check.
 * @throws StarlingError E_MODEL if there is no such folder, or that of `stoppedBy` when interrupted
 */
export async function* examination(options: ExaminationOptions): AsyncGenerator<Check> {
  await checkIsFolder(options.scoring.model.folder);
  const left = checksOf(options.scoring.run);
  try {
    for await (const check of checks(options)) {
      yield check;
      left.shift();
      if (options.interrupted.aborted) throw stoppedBy(options.interrupted, `stopped after ${check.check}`);
      if (check.verdict === 'fail') break;
    }
  } catch (error) {
    if (!(error instanceof StarlingError) || options.interrupted.aborted) throw error;
    yield { check: left.shift() ?? '', verdict: 'fail', found: String(error), details: { ...error.place } };
  }
  for (const check of left) yield { check, verdict: 'skip', found: 'skipped, as an earlier check failed' };
}

async function* checks(options: ExaminationOptions): AsyncGenerator<Check> {
  const { version, scoring } = options;
  const { sessions } = scoring.run;
  yield versionsCheck({ starling_rm: version, node: process.versions.node, onnxruntime: RUNTIME_VERSION });
  if (sessions !== undefined) {
    const { workers, threads } = sessions;
    yield threadsCheck({ cores: availableParallelism(), workers, threads });
  }
  const files = new KeptFiles();
  yield await filesCheck(scoring.model.folder, files);
  const model = await scoring.run.openModel(scoring.model, files);
  yield modelCheck(model, scoring);
  if (sessions === undefined) yield goldenCheck(await model.identity());
  const { folder } = model.texts;
  const json = await readModelJson(folder, files.text);
  yield tokenIdsCheck(json);
  const { interrupted } = options;
  const thread = new TextThread(folder, textOptions(model.texts, scoring.text), { interrupted, kept: files.bytes });
  try {
    const look = await lookOf(thread);
    yield await templateCheck(thread, look, json);
    const open = { model, texts: await ModelTexts.of(thread) };
    const plans = rowPlansOf(open, scoring);
    yield* lengthChecks(plans, json, { look, bos: await bosId(thread, json) }, scoring);
    if (model instanceof LocalModel) yield memoryCheck(await memoryOf(model, json, options));
    yield* scoreChecks(open, plans, options);
  } finally {
    await thread.close();
  }
}

function modelCheck(model: EngineModel, { model: choice, text }: ScoringSettings): Check {
  const { texts } = model;
  const { folder, maxPositions } = texts;
  const { template = texts.template ?? 'unknown', maxLength = texts.maxLength } = text;
  const { readout = texts.readout } = choice;
  const how = model instanceof LocalModel ? ranBy(model) : undefined;
  const what = how === undefined ? 'weights for a server' : `${how.dtype} on ${how.device}`;
  const isTested = how === undefined || how.device === 'cpu';
  return {
    check: 'model',
    verdict: isTested ? 'ok' : 'warn',
    found: `${what} in ${folder}, template ${template}, readout ${readout}`,
    ...(!isTested && {
      remedy: `this project has only run cpu, never ${how.device}: compare its rewards with those of cpu`,
    }),
    details: { folder, ...how, template, readout, max_length: maxLength, max_positions: maxPositions },
  };
}

function ranBy({ texts, sessions }: LocalModel) {
  return { dtype: texts.dtype, device: sessions.device ?? 'cpu', graph: texts.graph };
}

async function memoryOf({ texts, sessions }: LocalModel, { cachePerToken }: ModelJson, options: ExaminationOptions) {
  const weights = await graphBytes(texts.graph);
  const { available, scoring } = options;
  const { maxLength = texts.maxLength } = scoring.text;
  return { workers: sessions.workers, available, weights, cachePerToken, maxLength };
}

/** The pieces that the template writes around a prompt and an answer. */
function lookOf(thread: TextThread): Promise<Look> {
  const [{ conversation, answers }] = builtInRows();
  return thread.ask('look', { conversation, answers: [answers[0].text] });
}

async function templateCheck(thread: TextThread, look: Look, { specialTokens }: ModelJson): Promise<Check> {
  const { name, pieces, known } = look;
  const tokens = { template: name, pieces, known, special: specialTokens };
  const spellings = spelledAsWords(tokens);
  const ids = await thread.ask('words', spellings);
  return templateTokensCheck({ ...tokens, encode: (text) => ids[spellings.indexOf(text)] });
}

async function bosId(thread: TextThread, { special }: ModelJson): Promise<number | undefined> {
  return special.bos.token === undefined ? undefined : thread.ask('token', special.bos.token);
}

/** Checks both ends of a text, and of a text that is too long. */
async function* lengthChecks(
  plans: RowPlans,
  json: ModelJson,
  { look, bos }: { look: Look; bos: number | undefined },
  { model: choice, text }: ScoringSettings,
): AsyncGenerator<Check> {
  const { model } = plans;
  const [row] = builtInRows();
  const { encoded, plan } = await plans.plan({ ...row, answers: row.answers.slice(0, 1) });
  const [{ ids }] = encoded.answers;
  const { addBos, maxPositions } = model;
  const { tokenizerAddsBos } = json;
  yield bosCheck({ ids, bos, addBos, tokenizerAddsBos, isConverted: model.external === undefined });
  yield readoutCheck({
    readout: choice.readout ?? model.readout,
    ids,
    spelling: spellingIn(json),
    set: [...look.known.values()],
    after: plan.card?.after[0] ? plan.card : undefined,
  });
  const maxLength = text.maxLength ?? model.maxLength;
  const [{ ids: long }] = (await plans.plan(lengthened(row, maxLength))).encoded.answers;
  const { isPair } = look;
  yield truncationCheck({ maxLength, maxPositions, isPair, short: ids, long, bos: addBos ? bos : undefined });
}

function spellingIn({ ids }: ModelJson): (id: number) => string | undefined {
  const spellings = new Map([...ids].map(([spelling, id]) => [id, spelling]));
  return (id) => spellings.get(id);
}

/**
 * The row with `maxLength` more words at the start of its prompt. A word has at least one token, so the text exceeds the maximum length.
 */
function lengthened(row: Row, maxLength: number): Row {
  const words = 'word '.repeat(maxLength);
  const conversation = row.conversation.map((turn, i) => (i === 0 ? { ...turn, text: `${words}${turn.text}` } : turn));
  return { ...row, conversation };
}

/** Checks on the rewards of the built-in rows, except for rows that the template cannot render. */
async function* scoreChecks(open: OpenTexts, plans: RowPlans, options: ExaminationOptions): AsyncGenerator<Check> {
  const sense = betterAndWorse();
  const all = builtInRows().map((row, i) => ({ row, ...sense[i] }));
  const areWritten = await Promise.all(all.map(({ row }) => isWritten(plans, row)));
  const written = all.filter((_, i) => areWritten[i]);
  const rows = written.map(({ row }) => row);
  const first = await withScorer(open, options, async (scorer) => {
    const rewards = await rewardsOf(scorer, rows, options);
    const reversed = await rewardsOf(scorer, rows.map(backwards).reverse(), options);
    const alone = await rewardsOf(scorer, rows.flatMap(eachAlone), options);
    const speed = await speedOf(scorer, plans, options.scoring.run.sessions?.workers ?? SERVED_ROWS, options);
    const ways = [
      { way: 'in reverse order', rewards: reversed.reverse().flatMap((row) => row.reverse()) },
      { way: 'alone', rewards: alone.flat() },
    ];
    return { rewards, speed, ways };
  });
  const rewards = first.rewards.flat();
  yield headCheck(rewards);
  yield senseCheck(
    written.map(({ better, worse }, i) => ({
      better: first.rewards[i][better],
      worse: first.rewards[i][worse],
    })),
  );
  if (open.model instanceof LocalModel) {
    const other = await otherThreads({ model: open.model, texts: open.texts }, rows, options);
    yield bitIdentityCheck(rewards, [...first.ways, other]);
  }
  yield speedCheck(first.speed);
}

async function isWritten(plans: RowPlans, row: Row): Promise<boolean> {
  try {
    await plans.plan(row);
    return true;
  } catch (error) {
    if (error instanceof RowError && error.code === 'E_PROMPT') return false;
    throw error;
  }
}

/** Scores the rows with one worker and another number of threads. This needs no more memory than the memory check assumed. */
async function otherThreads(
  { model, texts }: OpenTexts & { model: LocalModel },
  rows: readonly Row[],
  options: ExaminationOptions,
): Promise<OtherWay> {
  const threads = model.sessions.threads > 1 ? 1 : 2;
  const other = new LocalModel(model.texts, options.scoring.model, { ...model.sessions, workers: 1, threads });
  const rewards = await withScorer({ model: other, texts }, options, (scorer) => rewardsOf(scorer, rows, options));
  return { way: `with 1 worker of ${threads} threads`, rewards: rewards.flat() };
}

async function withScorer<Result>(
  open: OpenTexts,
  { scoring, interrupted }: ExaminationOptions,
  use: (scorer: Scorer) => Promise<Result>,
): Promise<Result> {
  await using scorer = await scorerOf(open, scoring, { interrupted });
  return await use(scorer);
}

/** The rewards of each row, in answer order. @throws RowError, StarlingError E_ENGINE, or as `stoppedBy` */
async function rewardsOf(
  scorer: Scorer,
  rows: readonly Row[],
  { interrupted }: ExaminationOptions,
): Promise<number[][]> {
  const rewards: number[][] = [];
  for await (const ranking of scorer.rankings(each(rows), { keep: false, stop: () => {} })) {
    if (interrupted.aborted) throw stoppedBy(interrupted, 'stopped while built-in rows were scored');
    if (ranking instanceof RowError) throw ranking;
    rewards.push(ranking.scores);
  }
  return rewards;
}

async function* each(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

function backwards(row: Row): Row {
  return { ...row, answers: row.answers.toReversed() };
}

function eachAlone(row: Row): Row[] {
  return row.answers.map((answer) => ({ ...row, answers: [answer] }));
}

/** Times one long row for each worker. The built-in rows have already warmed up the workers. */
async function speedOf(scorer: Scorer, plans: RowPlans, workers: number, options: ExaminationOptions): Promise<Speed> {
  const rows = Array.from({ length: workers }, (_, index) => longRow(index));
  const planned = await Promise.all(rows.map((row) => plans.plan(row)));
  const tokens = planned.reduce((sum, { plan }) => sum + plan.tokens, 0);
  const start = performance.now();
  const rewards = await rewardsOf(scorer, rows, options);
  const seconds = (performance.now() - start) / 1000;
  return { tokens, answers: rewards.flat().length, seconds, workers };
}
