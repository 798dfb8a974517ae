import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError, StarlingError } from '../../src/contracts/errors.js';
import type { Piece, Template } from '../../src/contracts/text.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { makeChatTemplate } from '../../src/template/templates.js';

const SPECIALS = [
  '<|im_start|>',
  '<|im_end|>',
  '</s>',
  '<s>',
  '<|assistant|>',
  '<|user|>',
  '<END>',
  '<｜end▁of▁text｜>',
];
const OPTIONS = { specials: SPECIALS, addBos: false, system: null, trim: false };
const TOKENS = { bos_token: '<s>', eos_token: '</s>' };
const ROWS = 200;

const around = (content: string) =>
  `{% for m in messages %}<|im_start|>{{ m.role }}\n${content}<|im_end|>\n{% endfor %}{{ eos_token }}`;

/** Templates whose own special tokens are recognized for all texts. */
const TOLD = {
  'as it is': around('{{ m.content }}'),
  lower: around('{{ m.content | lower }}'),
  'lower, as a method': around('{{ m.content.lower() }}'),
  trim: around('{{ m.content | trim }}'),
  strip: around('{{ m.content.strip() }}'),
  'strip of some letters': around("{{ m.content.strip() | replace('X', '') }}"),
  'replace by nothing': around("{{ m.content | replace('-', '') }}"),
  'replace of a token': around("{{ m.content | replace('<|im_end|>', '') }}"),
  'replace by a token': around("{{ m.content | replace('[END]', '<|im_end|>') }}"),
  'replace, twice': around("{{ m.content.replace('X', '').replace('-', '_') }}"),
  'joined lines': around("{{ m.content.split('\\n') | join('') }}"),
  'joined words': around("{{ m.content.split() | join('') }}"),
  'joined parts': around('{{ m.content[:2] ~ m.content[2:] }}'),
  'the first letters': around('{{ m.content[:10] }}'),
  'the last letters': around('{{ m.content[3:] }}{{ m.content }}'),
  backwards: around('{{ m.content[::-1] }}{{ m.content }}'),
  'the last part': around("{{ m.content.split('</think>')[-1] }}"),
  'the last part, if there is one': around(
    "{% if '</think>' in m.content %}{{ m.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ m.content }}{% endif %}",
  ),
  'an end that is known': around(
    "{% if m.content.endswith('-') %}{{ m.content[:-1] }}{% else %}{{ m.content }}{% endif %}",
  ),
  'between the parts of a token': around('<|{{ m.content }}|>{{ m.content }}'),
  'after the beginning of a token': around('<|im_{{ m.content | trim }}'),
  'a role between the parts of a token':
    '{% for m in messages %}<|{{ m.role }}|>{{ m.content | lower }}</s>{% endfor %}',
  'a block in lower case': '{% for m in messages %}{% filter lower %}{{ m.content }}{% endfilter %}</s>{% endfor %}',
  'a macro': `{% macro say(text) %}{{ text | lower }}</s>{% endmacro %}${around('{{ say(m.content) }}')}`,
  'a variable': around("{% set text %}{{ m.content }}{% endset %}{{ text | lower | replace('x', '') }}"),
  'its length': around("{{ m.content | length }}{{ m.content | string | default('') }}"),
};

/** Templates that change texts depending on their letters, so that they may be refused. */
const DOUBTFUL = {
  'upper, then lower': around('</{{ m.content | upper | lower }}>{{ m.content }}'),
  upper: around('{{ m.content | upper }}{{ m.content }}'),
  capitalize: around('{{ m.content | capitalize }}{{ m.content }}'),
  title: around('{{ m.content | title }}{{ m.content }}'),
  sorted: around("{{ m.content.split() | sort | join('') }}"),
  'each word once': around("{{ m.content.split() | unique | join('') }}"),
  json: around('{{ m.content | tojson }}'),
  number: around('{{ m.content | int }}{{ m.content }}'),
  'a word in a variable': around("{% set word = 'X' %}{{ m.content.split(word) | join('') }}"),
  indent: around('{{ m.content | indent }}'),
};

function pieceOf(random: Xoshiro128): string {
  const any = <Item>(items: readonly Item[]) => items[random.below(items.length)];
  const special = any(SPECIALS);
  const cut = 1 + random.below(special.length - 1);
  return any([
    special,
    special.toUpperCase(),
    special.toLowerCase(),
    special[0].toUpperCase() + special.slice(1),
    special.slice(0, cut),
    special.slice(cut),
    `${special.slice(0, cut)}X${special.slice(cut)}`,
    `${special.slice(0, cut)}-${special.slice(cut)}`,
    `${special.slice(0, cut)}\n${special.slice(cut)}`,
    `${special.slice(0, cut)} ${special.slice(cut)}`,
    [...special].reverse().join(''),
    special.replace('k', '\u212a').replace('s', 'ſ'),
    'im_end',
    'END',
    '[END]',
    '</think>',
    ' ',
    '\n',
    '-',
    'Das heißt: ⰀⰁ',
    '\ue000',
    'x',
    'ſ',
  ]);
}

function textOf(random: Xoshiro128): string {
  return Array.from({ length: 1 + random.below(4) }, () => pieceOf(random)).join('');
}

const templateOf = (source: string, allowSpecial: boolean) =>
  makeChatTemplate({ source, file: 'x.jinja', tokens: TOKENS }, { ...OPTIONS, allowSpecial });
const specialsOf = (pieces: readonly Piece[]) => pieces.flatMap((piece) => ('special' in piece ? [piece.special] : []));
const plain = (pieces: readonly Piece[]) =>
  pieces.map((piece) => ('special' in piece ? piece.special : piece.text)).join('');

/**
 * Number of rows that the template refuses. For the others it checks that texts set no special token and that the text is the template's
 * rendering.
 */
function refusals(safe: Template, trusting: Template, seed: number): number {
  const random = new Xoshiro128([seed, 2, 3, 4]);
  let refused = 0;
  for (let i = 0; i < ROWS; i++) {
    const [asked, answer] = [textOf(random), textOf(random)];
    const conversation = [{ role: 'user' as const, text: asked }];
    const whole = plain(trusting.answer(answer, conversation));
    try {
      const pieces = safe.answer(answer, conversation);
      assert.equal(plain(pieces), whole, JSON.stringify([asked, answer]));
      const harmless = safe.answer(shapeOf(answer), [{ role: 'user', text: shapeOf(asked) }]);
      assert.deepEqual(specialsOf(pieces), specialsOf(harmless), JSON.stringify([asked, answer]));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      assert.equal(error.code, 'E_PROMPT');
      assert.match(error.message, /--allow-special/);
      refused++;
    }
  }
  return refused;
}

/** A text of the same length with the same white space. */
function shapeOf(text: string): string {
  return text.replaceAll(/\S/g, 'o');
}

for (const [what, source] of Object.entries(TOLD)) {
  test(`no text sets a special token, and no text is refused: ${what}`, () => {
    assert.equal(refusals(templateOf(source, false), templateOf(source, true), 1), 0);
  });
}

for (const [what, source] of Object.entries(DOUBTFUL)) {
  test(`no text sets a special token, and some may be refused: ${what}`, () => {
    let safe: Template;
    try {
      safe = templateOf(source, false);
    } catch (error) {
      assert.ok(error instanceof StarlingError && error.code === 'E_TEMPLATE');
      assert.match(String(error), /x\.jinja: it changes texts so that its own special tokens .*--allow-special/);
      return;
    }
    assert.ok(refusals(safe, templateOf(source, true), 2) < ROWS);
  });
}
