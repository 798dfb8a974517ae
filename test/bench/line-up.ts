import { DTYPES } from '../../src/model/files.js';
import type { Agreement } from './agreement.js';
import type { BenchTexts } from './bench-texts.js';
import { type Contender, cardEngine, engine, ONE_BY_ONE, ourCommand, PADDED_ROWS } from './contender.js';
import type { Engines } from './engines.js';
import type { LineProcess } from './line-process.js';
import type { Runner } from './results.js';
import { firstPass } from './rounds.js';
import { ATTENTIONS } from './standard-export.js';

/** The contenders. Each is warm, and was checked to compute the same model. */
export interface LineUp {
  runners: Runner[];
  /** Our own processes, of which memory is measured. */
  ours: { name: string; command: LineProcess }[];
}

/** An engine with one of its ways to run the model. */
interface Candidate {
  /** Shown in the report. */
  way: string;
  process: LineProcess;
}

/**
 * Starts all contenders. If an engine can run the model in several ways (dtypes, exports), the fastest takes part.
 * @param tiny one short row, which loads the models before the timing starts
 * @param python a Python with torch; without it torch does not take part
 */
export async function lineUp(
  engines: Engines,
  mixes: readonly BenchTexts[],
  tiny: BenchTexts,
  python: string | undefined,
  step: (what: string) => void,
): Promise<LineUp> {
  const ours = DTYPES.map((dtype) => ({ dtype, name: `ours ${dtype}`, command: engines.command(dtype) }));
  const best = (name: string, candidates: readonly Candidate[]) => fastest(name, candidates, mixes[0], tiny, step);
  const runtime = await best('onnxruntime fp32', runtimeCandidates(engines));
  const rivals = [await best('transformers.js', transformersJsCandidates(engines))];
  if (python !== undefined) rivals.push(await best('torch', torchCandidates(engines, python)));
  const contenders = [
    cardEngine('card', `card: each padded to 2,048, fp32, ${runtime.way}`, runtime.process),
    engine('padded', `padded batch a row, fp32, ${runtime.way}`, runtime.process, PADDED_ROWS),
    ...rivals.flatMap(({ name, way, process }) => [
      engine(name, `${name} ${way}, padded batch a row`, process, PADDED_ROWS),
      engine(`${name}-single`, `${name} ${way}, one by one`, process, ONE_BY_ONE),
    ]),
    ...ours.map(({ dtype, name, command }) => ourCommand(`ours-${dtype}`, name, command)),
  ];
  return { runners: await checked(contenders, mixes, tiny, step), ours };
}

function runtimeCandidates(engines: Engines): Candidate[] {
  return ATTENTIONS.map((attention) => ({ way: `${attention} attention`, process: engines.onnxRuntime(attention) }));
}

function transformersJsCandidates(engines: Engines): Candidate[] {
  return ATTENTIONS.flatMap((attention) =>
    (['fp32', 'q8', 'q4'] as const).map((dtype) => {
      return { way: `${dtype}, ${attention} attention`, process: engines.transformersJs(dtype, attention) };
    }),
  );
}

function torchCandidates(engines: Engines, python: string): Candidate[] {
  return (['fp32', 'bf16'] as const).map((dtype) => ({ way: dtype, process: engines.torch(python, dtype) }));
}

/** The fastest with a padded batch a row, the usual way to run these engines. The others are stopped. */
async function fastest(
  name: string,
  candidates: readonly Candidate[],
  texts: BenchTexts,
  tiny: BenchTexts,
  step: (what: string) => void,
): Promise<Candidate & { name: string }> {
  let least = Number.POSITIVE_INFINITY;
  let [best] = candidates;
  for (const candidate of candidates) {
    const contender = engine(name, candidate.way, candidate.process, PADDED_ROWS);
    await contender.run(tiny, 0);
    const { seconds, processorSeconds } = await contender.run(texts, 0);
    step(`${name} ${candidate.way}: ${seconds.toFixed(2)} s, ${processorSeconds.toFixed(2)} processor s`);
    const loser = seconds < least ? best : candidate;
    if (seconds < least) [best, least] = [candidate, seconds];
    if (loser !== best) await loser.process.close();
  }
  return { ...best, name };
}

/** Warms all contenders up, and compares their rewards with those of our fp32. */
async function checked(
  contenders: readonly Contender[],
  mixes: readonly BenchTexts[],
  tiny: BenchTexts,
  step: (what: string) => void,
): Promise<Runner[]> {
  const references = new Map<string, number[]>();
  const exact = contenders.find(({ key }) => key === 'ours-fp32');
  await exact?.run(tiny, 0);
  for (const texts of mixes) references.set(texts.name, ((await exact?.run(texts, 0))?.rewards ?? []).map(Number));
  const runners: Runner[] = [];
  for (const contender of contenders) {
    await contender.run(tiny, 0);
    const agreements = new Map<string, Agreement>();
    for (const texts of mixes) {
      agreements.set(texts.name, await firstPass(contender, texts, references.get(texts.name) ?? []));
    }
    runners.push({ contender, agreements });
    step(`checked ${contender.name}`);
  }
  return runners;
}
