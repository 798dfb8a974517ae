import { StarlingError } from '../../contracts/errors.js';
import { goldenTextOf } from '../../convert/golden/add-golden-rows.js';
import { goldenIds } from '../../convert/golden/golden-ids.js';
import { openServedFolder, type ServedFolder } from '../../model/served-folder.js';
import { textOptions } from '../../model/texts/text-options.js';
import { TextThread } from '../../model/texts/thread.js';
import { replaceFile } from '../../write/files/replaced-file.js';
import type { Console } from '../common/console/console.js';
import { withMatrixProduct } from '../common/matrix-product.js';

/** Adds golden rows to a folder that servers load, unless it has some. @throws StarlingError E_MODEL, E_WRITE */
export async function addGolden(folder: string, console: Console, interrupted: AbortSignal): Promise<void> {
  const model = await openServedFolder(folder);
  if (model.golden !== undefined) {
    console.tell(`${folder} has ${model.golden.length} golden rows already`);
    return;
  }
  const texts = await idsFor(model, interrupted);
  const { file, text } = await withMatrixProduct((multiply) => goldenTextOf(model, texts, multiply));
  await replaceFile(file, text).catch((cause: Error) => {
    throw new StarlingError('E_WRITE', `the golden rows could not be written: ${cause.message}`, { file }, cause);
  });
  console.tell(`wrote ${file}, ${texts.length} golden rows`);
}

async function idsFor(model: ServedFolder, interrupted: AbortSignal): Promise<Int32Array[]> {
  const thread = new TextThread(model.folder, textOptions(model, { allowSpecial: false }), { interrupted });
  try {
    return await goldenIds(thread);
  } finally {
    await thread.close();
  }
}
