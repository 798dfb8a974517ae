import { writeFileSync } from 'node:fs';
import { CLI_PAGE, cliReference } from './cli-reference.js';

/** `npm run docs` */
writeFileSync(CLI_PAGE, cliReference());
