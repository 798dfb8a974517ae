import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import { reportPage } from '../../../src/report/html/page.js';
import { type Look, looking, skipWithoutChromium } from './browser.js';
import { hostileReport, ordinaryReport, report } from './reports.js';

const skip = skipWithoutChromium();

/** Every width and scheme that people have; paper as wide as A4 leaves it. */
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

// Scripts as text: this code is compiled for Node, which knows no document.
const UNFOLD = 'for (const one of document.querySelectorAll("details")) one.open = true';
const WIDTHS = '[document.documentElement.scrollWidth, document.documentElement.clientWidth]';

for (const look of LOOKS) {
  const { width, scheme, media } = look;
  test(`${width} pixels, ${scheme}, ${media}: accessible, silent, and no wider than the window`, { skip }, async () => {
    for (const [name, html] of PAGES) {
      await looking(html, { ...look, withoutPolicy: true }, async ({ page, done }) => {
        await page.evaluate(UNFOLD);
        const [wide, window] = await page.evaluate<number[]>(WIDTHS);
        assert.ok(wide <= window, `${name}: ${wide} pixels in ${window}`);
        assert.deepEqual(done, [], name);
        await page.evaluate(axe.source);
        const { violations, passes } = await page.evaluate<axe.AxeResults>('axe.run()');
        const told = violations.map(
          ({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`,
        );
        assert.deepEqual(told, [], name);
        assert.ok(
          passes.some(({ id }) => id === 'color-contrast'),
          'axe has looked',
        );
      });
    }
  });
}

test('hostile texts do nothing, be the policy of the page kept or not', { skip }, async () => {
  for (const withoutPolicy of [false, true]) {
    await looking(hostile, { ...LOOKS[0], withoutPolicy }, async ({ page, done }) => {
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
    });
  }
});

test('the policy of the page stops what would run or load if it ever got in', { skip }, async () => {
  await looking(ordinary, LOOKS[2], async ({ page, done }) => {
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<img src="https://example.org/x.png" onerror="window.hacked = 1">');
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }))`);
    assert.equal(await page.evaluate('typeof window.hacked'), 'undefined');
    assert.ok(
      done.some((what) => /Content Security Policy/.test(what)),
      done.join('\n'),
    );
  });
});

test('by keyboard: to the report first, then into tables that scroll, and details open', { skip }, async () => {
  // Without the policy, which would stop the polling of this test.
  await looking(ordinary, { ...LOOKS[0], withoutPolicy: true }, async ({ page }) => {
    const focused = (what: string) => page.evaluate<string>(`document.activeElement.${what}`);
    await page.keyboard.press('Tab');
    assert.equal(await focused('className'), 'skip');
    assert.ok((await page.locator('.skip').boundingBox())?.x ?? -1 >= 0, 'the link is seen when it has the focus');
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
});

test('every plot is seen, and has a name with numbers', { skip }, async () => {
  for (const look of LOOKS) {
    await looking(ordinary, look, async ({ page }) => {
      const plots = page.getByRole('img', { name: /\d/ });
      assert.equal(await plots.count(), await page.locator('svg').count());
      for (const plot of await plots.all()) {
        const { width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
        assert.ok(width >= 240 && height >= 60, `${width} by ${height}`);
      }
    });
  }
});

test('letters of plots do not run into each other, nor out of the plot', { skip }, async () => {
  for (const [name, html] of PAGES) {
    await looking(html, LOOKS[0], async ({ page }) => assert.deepEqual(await page.evaluate(COLLISIONS), [], name));
  }
});

/** Texts of a plot whose boxes overlap by more than a pixel, and those that leave the page. */
const COLLISIONS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([text]) => text);
  const out = boxes.filter(([, box]) => box.left < 0 || box.right > innerWidth).map(([text]) => 'out: ' + text);
  const met = boxes.flatMap(([a, one], i) => boxes.slice(i + 1).flatMap(([b, other]) =>
    one.left + 1 < other.right && other.left + 1 < one.right && one.top + 3 < other.bottom && other.top + 3 < one.bottom ? [a + ' / ' + b] : []));
  return [...out, ...met];
})`;

test('on paper what is folded is open', { skip }, async () => {
  const seen = 'Array.from(document.querySelectorAll("details table, .worst .text"), (one) => one.checkVisibility())';
  const folded = await looking(ordinary, LOOKS[2], ({ page }) => page.evaluate<boolean[]>(seen));
  const printed = await looking(ordinary, LOOKS[4], ({ page }) => page.evaluate<boolean[]>(seen));
  assert.ok(folded.length > 100 && !folded.includes(true), 'on a screen nothing of it is seen');
  assert.ok(printed.length === folded.length && !printed.includes(false), 'on paper all of it');
});
