import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forestPlot } from '../../../src/report/plots/forest.js';
import { loadDraw } from '../../../src/report/plots/render.js';

const draw = await loadDraw();

const row = (name: string, value: number) => ({
  name,
  estimate: { value, low: value - 0.1, high: value + 0.1, n: 10 },
  color: 'var(--reward)',
});

/** The tags of the SVG. */
const tags = (svg: string) => svg.match(/<[^>]*>/g) ?? [];

test('the SVG has the width of every plot and colours of the page, and refers to nothing outside', async () => {
  const { width, height, inside } = await draw(forestPlot([row('chat', 0.7), row('code', 0.6)]));
  assert.equal(width, 360);
  assert.ok(height > 90 && height < 110, `${height}`);
  assert.doesNotMatch(inside, /<svg|url\(|href|NaN|undefined|id=/);
  const colours = [...inside.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour);
  assert.ok(colours.includes('var(--reward)'));
  for (const colour of colours) assert.match(colour, /^(?:var\(--[a-z]+\)|none|transparent)$/);
  assert.match(inside, />chat<.*>70\.0 %</s);
});

test('a hostile name in a plot stays text', async () => {
  const hostile = ['<script>x()</script>', '"><b id=x>', "' onload='x()", '&lt;', 'a class="b" 1.23456'];
  const { inside } = await draw(forestPlot(hostile.map((name) => row(name, 0.6))));
  assert.equal(tags(inside).filter((tag) => /script|<b|onload|id=/.test(tag)).length, 0);
  assert.match(inside, /&lt;script&gt;/);
  assert.match(inside, /&amp;lt;/);
  assert.match(inside, /a class="b" 1\.23456/, 'what is shortened in tags is not in texts');
});

test('an estimate without an interval or value has no line', async () => {
  const lines = async (low: number | null, value: number | null) => {
    const estimate = { value, low, high: low, n: 1 };
    const { inside } = await draw(forestPlot([{ name: 'a', estimate, color: 'var(--longer)' }]));
    return tags(inside).filter((tag) => tag.includes('var(--longer)')).length;
  };
  assert.equal(await lines(0.5, 0.6), 2);
  assert.equal(await lines(null, 0.6), 1);
  assert.equal(await lines(null, null), 0);
});
