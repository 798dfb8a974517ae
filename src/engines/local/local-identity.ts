import { basename, resolve } from 'node:path';
import type { EngineIdentity } from '../../contracts/identity.js';
import type { ModelFolder } from '../../model/folder.js';
import { modelDigest } from '../../model/model-digest.js';
import type { LocalOptions } from './local-engine.js';
import { processorFeatures } from './processor.js';
import { RUNTIME_VERSION } from './runtime-version.js';

/** What rewards depend on of a local engine that is opened with these. Nothing is loaded for it. */
export async function localIdentity(
  model: ModelFolder,
  { readout = model.readout, logit, device = 'cpu' }: Pick<LocalOptions, 'readout' | 'logit' | 'device'>,
): Promise<EngineIdentity> {
  return {
    engine: 'local',
    model: basename(resolve(model.folder)),
    model_sha256: await modelDigest(model),
    dtype: model.dtype,
    readout,
    ...(logit !== undefined && { logit }),
    device,
    runtime: `onnxruntime ${RUNTIME_VERSION}`,
    processor: processorFeatures(),
  };
}
