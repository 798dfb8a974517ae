import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launched, opened } from '../report/html/browser.js';
import { ROOT, SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';

const PICTURE = join(ROOT, 'docs/report.png');
const WIDTH = 1000;
/** All of the page but its summary and the first two plots of when the reward can be trusted. */
const HIDDEN = 'nav, section:not(#summary, #margins), #margins figure:nth-of-type(n + 3), .how, details';

/** Makes the README's picture, a part of the report page for the sample: `npm run build && node dist/test/docs/write-picture.js`. */
async function writePicture(): Promise<void> {
  const report = join(tempFolder(), 'report.html');
  const program = join(ROOT, 'bin/starling-rm');
  const { status, stderr } = spawnSync(process.execPath, [program, 'evaluate', SAMPLE, '-q', '--html', report], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  await using browser = await launched();
  const look = { width: WIDTH, scheme: 'light', media: 'screen' } as const;
  const { page } = await opened(browser, readFileSync(report, 'utf8'), look);
  await page.addStyleTag({ content: `${HIDDEN} { display: none }` });
  await page.screenshot({ path: PICTURE, fullPage: true });
}

await writePicture();
