import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import type { Locator } from 'playwright-core';
import { reportPage } from '../../../src/report/html/page.js';
import { type Look, launched, lookAt, opened, type Seen, skipWithoutChromium } from './browser.js';
import { hostileReport, manyModels, ordinaryReport, report } from './reports.js';

const skip = skipWithoutChromium();

/** A phone and a desktop in both colour schemes, and paper as wide as the printable part of A4. */
const LOOKS: readonly Look[] = [
  { width: 380, scheme: 'light', media: 'screen' },
  { width: 380, scheme: 'dark', media: 'screen' },
  { width: 1280, scheme: 'light', media: 'screen' },
  { width: 1280, scheme: 'dark', media: 'screen' },
  { width: 673, scheme: 'light', media: 'print' },
];

const ordinary = await reportPage(ordinaryReport());
const hostile = await reportPage(hostileReport());
const PAGES: readonly (readonly [string, string])[] = [
  ['ordinary', ordinary],
  ['hostile', hostile],
  ['of three rows', await reportPage(report({ rows: 3, k: 3 }))],
  ['without labels', await reportPage(report({ rows: 3, labelled: false }))],
];

// Scripts as text: this code is compiled for Node, which has no document.
const UNFOLD = 'for (const one of document.querySelectorAll("details")) one.open = true';
/** Checks three of the worst rows, which are all made alike, and lists no passing nodes: otherwise it takes many times as long. */
const AXE = `axe.run({ exclude: ['.worst > li:nth-child(n + 4)'] }, { resultTypes: ['violations'] })
  .then(({ violations, passes }) => ({ violations, passes }))`;
const WIDTHS = '[document.documentElement.scrollWidth, document.documentElement.clientWidth]';

test('the page in a browser', { skip }, async (t) => {
  const browser = await launched();
  t.after(() => browser.close());

  for (const [name, html] of PAGES) {
    await t.test(
      `${name}: accessible, silent, no wider than the window and with visible plots, in every look`,
      async () => {
        const seen = await opened(browser, html, LOOKS[0], { withoutPolicy: true });
        await seen.page.evaluate(UNFOLD);
        await seen.page.evaluate(axe.source);
        for (const look of LOOKS) await looksRight(seen, look);
        assert.equal((await seen.page.locator('svg').count()) > 0, name !== 'without labels');
      },
    );
  }

  await t.test('hostile texts do nothing, with and without the policy of the page', async () => {
    for (const withoutPolicy of [false, true]) {
      const { page, done } = await opened(browser, hostile, LOOKS[0], { withoutPolicy });
      await page.evaluate(UNFOLD);
      await page.mouse.move(190, 400);
      await page.mouse.wheel(0, 100_000);
      assert.equal(await page.evaluate('typeof window.hacked'), 'undefined');
      const elements =
        'script, iframe, img, object, embed, link, base, form, input, [onload], [onerror], [onmouseover], [onfocus]';
      assert.equal(await page.locator(elements).count(), 0);
      assert.equal(await page.locator('style').count(), 1);
      assert.deepEqual(done, []);
      assert.match((await page.locator('.worst .text').first().textContent()) ?? '', /\S/);
    }
  });

  await t.test('the policy of the page stops markup that would run or load, if it ever got in', async () => {
    const { page, done } = await opened(browser, ordinary, LOOKS[2]);
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<img src="https://example.org/x.png" onerror="window.hacked = 1">');
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }))`);
    assert.equal(await page.evaluate('typeof window.hacked'), 'undefined');
    assert.ok(
      done.some((what) => /Content Security Policy/.test(what)),
      done.join('\n'),
    );
  });

  await t.test('by keyboard: the skip link comes first, tables scroll, and details open', async () => {
    // Without the policy, which would stop the polling of this test.
    const { page } = await opened(browser, ordinary, LOOKS[0], { withoutPolicy: true });
    const focused = (what: string) => page.evaluate<string>(`document.activeElement.${what}`);
    await page.keyboard.press('Tab');
    assert.equal(await focused('className'), 'skip');
    const { x, y } = (await page.locator('.skip').boundingBox()) ?? { x: Number.NaN, y: Number.NaN };
    assert.ok(x >= 0 && y >= 0, `the link is seen when it has the focus: at ${x}, ${y}`);
    await page.keyboard.press('Enter');
    assert.equal(await focused('id'), 'main');
    await page.keyboard.press('Tab');
    assert.equal(await focused('className'), 'scroll');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction('document.activeElement.scrollLeft > 0');
    const table = page.locator('figure details').first();
    await table.locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.equal(await table.locator('table').isVisible(), true);
  });

  await t.test('20 of 78 models are visible, the others unfold, and paper shows all', async () => {
    const { page } = await opened(browser, await reportPage(manyModels()), LOOKS[0]);
    const board = page.locator('#models');
    const names =
      '[...document.querySelectorAll("#models svg")].map((svg) => svg.checkVisibility() ? [...svg.querySelectorAll("text")].filter((text) => /^model/.test(text.textContent)).length : 0)';
    assert.match(((await board.textContent()) ?? '').replaceAll(/\s+/g, ' '), /Shown is the top 20 of 78\./);
    assert.deepEqual(await page.evaluate(names), [20, 0]);
    await board.getByText('The other 58 models, 21 to 78').click();
    assert.deepEqual(await page.evaluate(names), [20, 58]);
    await page.reload();
    await lookAt(page, LOOKS[4]);
    assert.deepEqual(await page.evaluate(names), [20, 58]);
  });

  await t.test('a table that is cut off on a phone has a shade where there is more, and none at its ends', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await opened(browser, ordinary, { width: 390, scheme, media: 'screen' });
      const table = page.locator('#statistics .scroll').first();
      const { scrollWidth, clientWidth } = await table.evaluate((one: Sizes) => ({
        scrollWidth: one.scrollWidth,
        clientWidth: one.clientWidth,
      }));
      assert.ok(scrollWidth > clientWidth + 100, 'the table is cut off');
      // The outermost pixels of the head, where nothing is written, against the ground of the page.
      const [start, startEnd] = await edges(table);
      await table.evaluate((one: Sizes) => {
        one.scrollLeft = one.scrollWidth;
      });
      const [end, endEnd] = await edges(table);
      assert.ok(!start.equals(startEnd), `${scheme}: shade at the right`);
      assert.ok(!end.equals(endEnd), `${scheme}: shade at the left`);
      assert.ok(start.equals(endEnd), `${scheme}: none at the ends`);
    }
  });

  await t.test('on paper, folded parts are open', async () => {
    const seen = 'Array.from(document.querySelectorAll("details table, .worst .text"), (one) => one.checkVisibility())';
    const { page } = await opened(browser, ordinary, LOOKS[2]);
    const folded = await page.evaluate<boolean[]>(seen);
    await lookAt(page, LOOKS[4]);
    const printed = await page.evaluate<boolean[]>(seen);
    assert.ok(folded.length > 100 && !folded.includes(true), 'a screen shows none of it');
    assert.ok(printed.length === folded.length && !printed.includes(false), 'paper shows all of it');
  });
});

/** The members of a page's element that this file uses: it is compiled for Node, which has no DOM types. */
interface Sizes {
  scrollWidth: number;
  clientWidth: number;
  scrollLeft: number;
}

/** Screenshots of the left and the right edge of an element, in a strip above its text. */
async function edges(element: Locator): Promise<[left: Buffer, right: Buffer]> {
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  assert.ok(box !== null);
  const clip = (x: number) => ({ x, y: box.y + 1, width: 2, height: 3 });
  const page = element.page();
  return [await page.screenshot({ clip: clip(box.x) }), await page.screenshot({ clip: clip(box.x + box.width - 2) })];
}

async function looksRight({ page, done }: Seen, look: Look): Promise<void> {
  const what = `${look.width} pixels, ${look.scheme}, ${look.media}`;
  await lookAt(page, look);
  const [wide, window] = await page.evaluate<number[]>(WIDTHS);
  assert.ok(wide <= window, `${what}: ${wide} pixels in ${window}`);
  const { violations, passes } = await page.evaluate<Pick<axe.AxeResults, 'violations' | 'passes'>>(AXE);
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  assert.deepEqual(told, [], what);
  assert.ok(
    passes.some(({ id }) => id === 'color-contrast'),
    'axe has looked',
  );
  assert.deepEqual(await page.evaluate(COLLISIONS), [], `${what}: letters run into each other, or out of the page`);
  const plots = page.getByRole('img', { name: /\d/ });
  assert.equal(await plots.count(), await page.locator('svg').count(), 'every plot has a name with numbers');
  for (const { width, height } of await page.evaluate<Record<'width' | 'height', number>[]>(PLOT_BOXES)) {
    assert.ok(width >= 240 && height >= 60, `${what}: ${width} by ${height}`);
  }
  assert.deepEqual(done, [], what);
}

const PLOT_BOXES = 'Array.from(document.querySelectorAll("svg"), (svg) => svg.getBoundingClientRect().toJSON())';

/** Finds texts of a plot whose boxes overlap by more than a pixel, and texts outside the page. */
const COLLISIONS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([text]) => text);
  const out = boxes.filter(([, box]) => box.left < 0 || box.right > innerWidth).map(([text]) => 'out: ' + text);
  const met = boxes.flatMap(([a, one], i) => boxes.slice(i + 1).flatMap(([b, other]) =>
    one.left + 1 < other.right && other.left + 1 < one.right && one.top + 3 < other.bottom && other.top + 3 < one.bottom ? [a + ' / ' + b] : []));
  return [...out, ...met];
})`;
