import { writeFileSync } from 'node:fs';
import { TRAINING_FORMAT_NAMES } from '../../src/export/formats/formats.js';
import { goldenFile, goldenText } from './golden.js';
import { shapeRankings } from './shape-rows.js';

/** Writes the golden files anew: `npm run build && node dist/test/export/write-golden.js`. Read the difference before it is committed. */
const rows = await shapeRankings(true);
for (const to of TRAINING_FORMAT_NAMES) writeFileSync(goldenFile(to), goldenText(rows, to));
