import { SERVED_FAMILIES, servedFamily } from './served-families.js';

/** Writes the folders that test/oracles/transformers_folders.py reads: `node dist/test/convert/transformers/write-families.js FOLDER`. */
const [parent] = process.argv.slice(2);
for (const name of SERVED_FAMILIES.keys()) await servedFamily(parent, name);
