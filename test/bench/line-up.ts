import { DTYPES } from '../../src/model-files.js';
import type { Agreement } from './agreement.js';
import type { BenchTexts } from './bench-texts.js';
import { type Contender, cardEngine, engine, ONE_BY_ONE, ourCommand, PADDED_ROWS } from './contender.js';
import type { Engines } from './engines.js';
import type { LineProcess } from './line-process.js';
import type { Runner } from './results.js';
import { firstPass } from './rounds.js';

/** Who takes part: each is warm, and was found to compute the same model. */
export interface LineUp {
  runners: Runner[];
  /** Processes of ours, for their memory. */
  ours: { name: string; command: LineProcess }[];
}

/** An engine with one dtype of several. */
interface Candidate {
  dtype: string;
  process: LineProcess;
}

/**
 * Starts everyone. Of an engine that has several dtypes the fastest takes part: that of a padded batch a row of the first mix.
 * @param tiny one short row, with which models are loaded before anything is timed
 * @param python with torch; without it torch does not take part
 */
export async function lineUp(
  engines: Engines,
  mixes: readonly BenchTexts[],
  tiny: BenchTexts,
  python: string | undefined,
  step: (what: string) => void,
): Promise<LineUp> {
  const ours = DTYPES.map((dtype) => ({ dtype, name: `ours ${dtype}`, command: engines.command(dtype) }));
  const runtime = engines.onnxRuntime();
  const exports = (['fp32', 'q8', 'q4'] as const).map((dtype) => ({ dtype, process: engines.transformersJs(dtype) }));
  const contenders = [
    cardEngine('card', 'card: each answer padded to 2,048, fp32', runtime),
    engine('padded', 'padded batch a row, fp32', runtime, PADDED_ROWS),
    ...(await fastest('transformers.js', exports, mixes[0], tiny, step)),
    ...(python === undefined ? [] : await fastest('torch', torchCandidates(engines, python), mixes[0], tiny, step)),
    ...ours.map(({ dtype, name, command }) => ourCommand(`ours-${dtype}`, name, command)),
  ];
  return { runners: await checked(contenders, mixes, tiny, step), ours };
}

function torchCandidates(engines: Engines, python: string): Candidate[] {
  return (['fp32', 'bf16'] as const).map((dtype) => ({ dtype, process: engines.torch(python, dtype) }));
}

/** The fastest one, twice: a padded batch a row, which is how its users do it, and an answer at a time. The others end. */
async function fastest(
  name: string,
  candidates: readonly Candidate[],
  texts: BenchTexts,
  tiny: BenchTexts,
  step: (what: string) => void,
): Promise<Contender[]> {
  let best: (Candidate & { seconds: number }) | undefined;
  for (const candidate of candidates) {
    const contender = engine(name, `${name} ${candidate.dtype}`, candidate.process, PADDED_ROWS);
    await contender.run(tiny, 0);
    const { seconds } = await contender.run(texts, 0);
    step(`${contender.name}: ${seconds.toFixed(2)} s`);
    const loser = best === undefined || seconds < best.seconds ? best : candidate;
    if (loser !== candidate) best = { ...candidate, seconds };
    await loser?.process.close();
  }
  if (best === undefined) return [];
  const { dtype, process } = best;
  return [
    engine(name, `${name} ${dtype}, padded batch a row`, process, PADDED_ROWS),
    engine(`${name}-single`, `${name} ${dtype}, one by one`, process, ONE_BY_ONE),
  ];
}

/** Warms everyone up, and compares all rewards with those of our fp32. */
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
