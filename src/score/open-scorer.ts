import type { ScoreIdentity } from '../contracts/identity.js';
import { VERSION } from '../contracts/version.js';
import type { EngineChoice, EngineModel, EngineOptions } from '../engines/engines.js';
import { RowPlans } from '../engines/local/row-plans.js';
import type { ModelSettings } from '../model/open-model.js';
import { ModelTexts } from '../model/texts/model-texts.js';
import { type TextChoice, textIdentity, textOptions } from '../model/texts/text-options.js';
import { Scorer } from './scorer.js';

/** How rows are scored. Absent settings are those of the model folder. */
export interface ScoringSettings {
  model: ModelSettings;
  text: TextChoice;
  /** How the model is run. */
  run: EngineChoice;
}

/** What scoring needs to know of the command around it. */
export type Surroundings = Pick<EngineOptions, 'interrupted' | 'tell'>;

/** A model that is open with its texts. */
export interface OpenTexts {
  model: EngineModel;
  texts: ModelTexts;
}

/**
 * Opens the model, its texts and an engine. The engine is loaded while the tokenizer is read. Closing the scorer closes all of them.
 * @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE, E_NO_INPUT, E_ENGINE, E_DEVICE, E_NETWORK, E_ACCESS
 */
export async function openScorer(settings: ScoringSettings, around: Surroundings = {}): Promise<Scorer> {
  const model = await settings.run.openModel(settings.model);
  const options = textOptions(model.texts, settings.text);
  const opening = ModelTexts.open(model.texts, options, { interrupted: around.interrupted });
  opening.catch(() => {});
  // The template and the tokenizer determine how an external graph is run, so they come first.
  const separatorId = model.texts.external ? (await opening).separatorId : undefined;
  const engine = model.open({ ...around, maxLength: options.maxLength, separatorId });
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
  const model = await run.openModel(choice);
  const engine = await model.identity();
  return { ...engine, ...(await textIdentity(textOptions(model.texts, text))), tool: `starling-rm ${VERSION}` };
}

/** As `openScorer`, with texts that are open already and stay open. @throws StarlingError E_MODEL, E_USAGE, E_ENGINE, E_DEVICE */
export async function scorerOf(
  { model, texts }: OpenTexts,
  settings: Pick<ScoringSettings, 'text'>,
  around: Surroundings = {},
): Promise<Scorer> {
  const { maxLength } = textOptions(model.texts, settings.text);
  const engine = await model.open({ ...around, maxLength, separatorId: texts.separatorId });
  return new Scorer(texts, engine, { ownsTexts: false });
}

/** Opens a model with its texts, which needs no run of the model. @throws StarlingError E_MODEL, E_TEMPLATE, E_USAGE, E_NO_INPUT */
export async function openTexts(settings: ScoringSettings, interrupted?: AbortSignal): Promise<OpenTexts> {
  const model = await settings.run.openModel(settings.model);
  const texts = await ModelTexts.open(model.texts, textOptions(model.texts, settings.text), { interrupted });
  return { model, texts };
}

/** The plans of rows for a model that is open. @throws StarlingError E_USAGE for a readout that the graph was not made for */
export function rowPlansOf({ model, texts }: OpenTexts, settings: ScoringSettings): RowPlans {
  const { maxLength } = textOptions(model.texts, settings.text);
  return new RowPlans(model.texts, texts, { readout: settings.model.readout, maxLength });
}
