import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STYLES } from '../../../src/report/html/styles.js';

/** The colours of each scheme in the order of the style sheet: light, dark, print. */
const [light, dark, print] = [...STYLES.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, rules]) => new Map([...rules.matchAll(/--([a-z]+): (#[0-9a-f]+);/g)].map(([, name, colour]) => [name, colour])),
);

/** sRGB components from 0 to 1. */
function channels(colour: string): number[] {
  const digits =
    colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : (colour.match(/[0-9a-f]{2}/g) ?? []);
  return digits.map((pair) => Number.parseInt(pair, 16) / 255);
}

/** WCAG 2.2, relative luminance. */
function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const colourOf = (scheme: ReadonlyMap<string, string>, name: string) => channels(scheme.get(name) ?? assert.fail(name));

test('contrast, by hand', () => {
  assert.equal(contrast(channels('#fff'), channels('#000000')), 21);
  assert.equal(contrast(channels('#777777'), channels('#fff')).toFixed(2), '4.48');
});

test('text is readable on every background, in light, in dark and on paper', () => {
  for (const scheme of [light, dark, print]) {
    for (const ground of ['paper', 'card', 'ground']) {
      for (const text of ['ink', 'muted', 'link', 'reward', 'longer', 'better', 'worse']) {
        const ratio = contrast(colourOf(scheme, text), colourOf(scheme, ground));
        assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio}`);
      }
    }
  }
});

test('numbers are readable on the strongest cell of the confusion of ranks', () => {
  for (const scheme of [light, dark, print]) {
    const card = colourOf(scheme, 'card');
    const cell = colourOf(scheme, 'reward').map((value, i) => 0.5 * value + 0.5 * card[i]);
    const ratio = contrast(colourOf(scheme, 'ink'), cell);
    assert.ok(ratio >= 4.5, `${ratio}`);
  }
});
