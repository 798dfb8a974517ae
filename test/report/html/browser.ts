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

/** For `test(name, { skip }, …)`: why no page can be looked at, or false. Told aloud, as a run without it has not seen the page. */
export function skipWithoutChromium(): string | false {
  if (existsSync(CHROMIUM)) return false;
  const why = `NOT TESTED: no browser at ${CHROMIUM}; install chromium, or name it in STARLING_RM_CHROMIUM`;
  process.stderr.write(`${why}\n`);
  return why;
}

export async function launched(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS, ...LIMIT });
}

/** How a page is looked at. */
export interface Look {
  width: number;
  scheme: 'light' | 'dark';
  media: 'screen' | 'print';
}

/** An open page, and what it has done: messages on its console, errors, requests but for itself, windows that opened. */
export interface Seen {
  page: Page;
  done: string[];
}

/**
 * Opens a page in a context of its own.
 * @param withoutPolicy whether the page's own policy is left out, as whoever loosens it would; and so that axe can be run in it
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

/** The same page, looked at in another way. */
export async function lookAt(page: Page, { width, scheme, media }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ media, colorScheme: scheme });
}
