import type { ScoreIdentity } from '../contracts/identity.js';
import { VERSION } from '../contracts/version.js';
import { LocalEngine } from '../engines/local/local-engine.js';
import { localIdentity } from '../engines/local/local-identity.js';
import type { PoolOptions } from '../engines/local/pool.js';
import { RowPlans } from '../engines/local/row-plans.js';
import type { Readout } from '../model/files.js';
import type { ModelFolder } from '../model/folder.js';
import { type ModelChoice, openModel } from '../model/open-model.js';
import { ModelTexts } from '../model/texts/model-texts.js';
import { type TextChoice, textIdentity, textOptions } from '../model/texts/text-options.js';
import { Scorer } from './scorer.js';

/** How rows are scored. Absent settings are those of the model folder. */
export interface ScoringSettings {
  model: ModelSettings;
  text: TextChoice;
  /** How the model is run. */
  run: PoolOptions;
}

export interface ModelSettings extends ModelChoice {
  readout?: Readout;
  /** Which of an external model's logits is the reward. */
  logit?: number;
}

/**
 * Opens the model, its texts and an engine. The engine is loaded while the tokenizer is read. Closing the scorer closes all of them.
 * @param interrupted ends long loading and encoding
 * @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE, E_NO_INPUT, E_ENGINE, E_DEVICE
 */
export async function openScorer(settings: ScoringSettings, interrupted?: AbortSignal): Promise<Scorer> {
  const model = await openModel(settings.model);
  const options = textOptions(model, settings.text);
  const opening = ModelTexts.open(model, options, { interrupted });
  opening.catch(() => {});
  // The template and the tokenizer determine how an external graph is run, so they come first.
  const separatorId = model.external ? (await opening).separatorId : undefined;
  const engine = openEngine(model, settings, separatorId);
  engine.catch(() => {});
  try {
    return new Scorer(await opening, await engine, { ownsTexts: true });
  } catch (error) {
    await Promise.allSettled([opening, engine].map(async (opened) => (await opened).close()));
    throw error;
  }
}

/**
 * Everything that scores with these settings depend on. Does not load the model, but reads the files of an external model.
 * @throws StarlingError E_MODEL, E_USAGE, E_NO_INPUT
 */
export async function scoreIdentity({ model: choice, text, run }: ScoringSettings): Promise<ScoreIdentity> {
  const model = await openModel(choice);
  const engine = await localIdentity(model, { ...choice, device: run.device });
  return { ...engine, ...(await textIdentity(textOptions(model, text))), tool: `starling-rm ${VERSION}` };
}

/** As `openScorer`, with texts that are open already and stay open. @throws StarlingError E_MODEL, E_USAGE, E_ENGINE, E_DEVICE */
export async function scorerOf({ model, texts }: RowPlans, settings: ScoringSettings): Promise<Scorer> {
  return new Scorer(texts, await openEngine(model, settings, texts.separatorId), { ownsTexts: false });
}

/** Opens the plans of rows, which need no run of the model. @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE, E_NO_INPUT */
export async function openRowPlans(settings: ScoringSettings, interrupted?: AbortSignal): Promise<RowPlans> {
  const model = await openModel(settings.model);
  const texts = await ModelTexts.open(model, textOptions(model, settings.text), { interrupted });
  return rowPlansOf(model, texts, settings);
}

/** The same with texts that are open already. @throws StarlingError E_USAGE for a readout that the graph was not made for */
export function rowPlansOf(model: ModelFolder, texts: ModelTexts, settings: ScoringSettings): RowPlans {
  const { maxLength } = textOptions(model, settings.text);
  return new RowPlans(model, texts, { readout: settings.model.readout, maxLength });
}

function openEngine(
  model: ModelFolder,
  { model: { readout, logit }, text, run }: ScoringSettings,
  separatorId: number | undefined,
): Promise<LocalEngine> {
  const { maxLength } = textOptions(model, text);
  return LocalEngine.open(model, { ...run, readout, logit, maxLength, separatorId });
}
