import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, verbatim, visible } from '../../../src/report/html/markup.js';

test('text is escaped in elements and attributes', () => {
  const text = `<img src=x onerror="alert('1')">&amp;`;
  const escaped = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;';
  assert.equal(`${html`<p title="${text}">${text}</p>`}`, `<p title="${escaped}">${escaped}</p>`);
});

test('markup within markup stays as it is, and lists are joined', () => {
  const items = ['a<b', 3].map((item) => html`<li>${item}</li>`);
  assert.equal(`${html`<ul>${items}</ul>${undefined}${''}`}`, '<ul><li>a&lt;b</li><li>3</li></ul>');
  assert.equal(`${html`${verbatim('<g/>')}`}`, '<g/>');
});

test('an object that only looks like markup is not taken as markup', () => {
  const lookalike: unknown = { toString: () => '<script>' };
  assert.throws(() => html`${lookalike as string}`, TypeError);
});

test('characters that HTML cannot have are replaced, and white space stays', () => {
  assert.equal(visible('a\tb\r\nc'), 'a\tb\r\nc');
  assert.equal(visible('\0\x1b[31m\x7f\x85'), '␀␛[31m\ufffd\ufffd');
  assert.equal(visible('\ud83d!\ude00 😀'), '\ufffd!\ufffd 😀');
});

test('bidirectional overrides are replaced, and direction marks stay', () => {
  assert.equal(`${html`<td>${'a\u202egpj.exe'}</td>`}`, '<td>a\ufffdgpj.exe</td>');
  assert.equal(visible('\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'), '\ufffd'.repeat(9));
  assert.equal(visible('\u05d0\u200f!\u200e \u061c'), '\u05d0\u200f!\u200e \u061c');
});
