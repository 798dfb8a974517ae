import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { tempFolder } from '../../temp-folder.js';

const CHROMIUM = process.env.STARLING_RM_CHROMIUM ?? '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** For `test(name, { skip }, …)`: why no page can be looked at, or false. Told aloud, as a run without it has not seen the page. */
export function skipWithoutChromium(): string | false {
  if (existsSync(CHROMIUM)) return false;
  const why = `NOT TESTED: no browser at ${CHROMIUM}; install chromium, or name it in STARLING_RM_CHROMIUM`;
  process.stderr.write(`${why}\n`);
  return why;
}

/** How a page is looked at. */
export interface Look {
  width: number;
  scheme: 'light' | 'dark';
  media: 'screen' | 'print';
  /** Whether the page's own policy is left out, as whoever loosens it would; and so that axe can be run in it. */
  withoutPolicy?: boolean;
}

/** An open page, and what it has done: messages on its console, errors, requests but for itself, windows that opened. */
export interface Seen {
  page: Page;
  done: string[];
}

/** Opens the page in a browser of its own with a new folder for the user, lets `use` look at it, and closes all. */
export async function looking<Result>(html: string, look: Look, use: (seen: Seen) => Promise<Result>): Promise<Result> {
  const file = join(tempFolder(), 'report.html');
  await writeFile(file, html);
  const context = await chromium.launchPersistentContext(tempFolder(), {
    executablePath: CHROMIUM,
    args: FLAGS,
    viewport: { width: look.width, height: 900 },
    colorScheme: look.scheme,
    bypassCSP: look.withoutPolicy ?? false,
  });
  try {
    return await use(await opened(context, pathToFileURL(file).href, look));
  } finally {
    await context.close();
  }
}

async function opened(context: BrowserContext, url: string, { media }: Look): Promise<Seen> {
  const page = await context.newPage();
  const done: string[] = [];
  page.on('console', (message) => done.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => done.push(`error: ${error.message}`));
  page.on('request', (request) => request.url() !== url && done.push(`request: ${request.url()}`));
  page.on('popup', () => done.push('popup'));
  page.on('dialog', () => done.push('dialog'));
  await page.emulateMedia({ media });
  await page.goto(url);
  return { page, done };
}
