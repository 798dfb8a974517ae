import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { LIMIT } from '../../limit.js';
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

/** For `test(name, { skip }, …)`: why there is no browser, or false. Also written to stderr, as such a run has not tested the page. */
export function skipWithoutChromium(): string | false {
  if (existsSync(CHROMIUM)) return false;
  const why = `NOT TESTED: no browser at ${CHROMIUM}; install chromium, or name it in STARLING_RM_CHROMIUM`;
  process.stderr.write(`${why}\n`);
  return why;
}

export async function launched(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS, ...LIMIT });
}

/** Width, colour scheme and medium of a page. */
export interface Look {
  width: number;
  scheme: 'light' | 'dark';
  media: 'screen' | 'print';
}

/** An open page and its side effects: console messages, errors, requests other than for itself, popups and dialogs. */
export interface Seen {
  page: Page;
  done: string[];
}

/**
 * Opens a page in a context of its own.
 * @param withoutPolicy disables the page's content security policy: as if it were loosened, and so that axe can run in the page
 */
export async function opened(
  browser: Browser,
  html: string,
  look: Look,
  { withoutPolicy = false } = {},
): Promise<Seen> {
  const file = join(tempFolder(), 'report.html');
  await writeFile(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ bypassCSP: withoutPolicy });
  context.setDefaultTimeout(LIMIT.timeout);
  const page = await context.newPage();
  const done: string[] = [];
  page.on('console', (message) => done.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => done.push(`error: ${error.message}`));
  page.on('request', (request) => request.url() !== url && done.push(`request: ${request.url()}`));
  page.on('popup', () => done.push('popup'));
  page.on('dialog', () => done.push('dialog'));
  await lookAt(page, look);
  await page.goto(url);
  return { page, done };
}

/** Changes the look of an open page. */
export async function lookAt(page: Page, { width, scheme, media }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ media, colorScheme: scheme });
}
