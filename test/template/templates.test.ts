import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError, StarlingError } from '../../src/contracts/errors.js';
import type { Role, Turn } from '../../src/contracts/row.js';
import type { Piece } from '../../src/contracts/text.js';
import { makeTemplate, templateNames } from '../../src/template/templates.js';

/** pair.test.ts tests the templates of pairs. */
const CHATS = templateNames.filter((name) => !makeTemplate({ name, system: null, trim: false }).isPair);

const U = (text: string): Turn => ({ role: 'user', text });
const A = (text: string): Turn => ({ role: 'assistant', text });
const S = (text: string): Turn => ({ role: 'system', text });

/** The text with the template's tokens in «». */
const written = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => ('special' in piece ? `«${piece.special}»` : piece.text)).join('');

function whole(
  name: string,
  conversation: readonly Turn[],
  answer: string,
  system: string | null = null,
  trim = false,
): string {
  const template = makeTemplate({ name, system, trim });
  return written(template.prompt(conversation)) + written(template.answer(answer, conversation));
}

const SINGLE: Record<string, string> = {
  chatml: '«<|im_start|>»user\nU«<|im_end|>»\n«<|im_start|>»assistant\nA«<|im_end|>»',
  'openchat-3.5': 'GPT4 Correct User: U«<|end_of_turn|>»GPT4 Correct Assistant: A«<|end_of_turn|>»',
  'openchat-3.5-code': 'Code User: U«<|end_of_turn|>»Code Assistant: A«<|end_of_turn|>»',
  'llama-2-card': '«<s>»[INST] U «</s>» [/INST] A«</s>»',
  'llama-2-nectar': '«<s>»[INST] U [/INST] A «</s>»',
  'llama-2-ppo': '[INST] U [/INST] A«</s>»',
  'llama-3':
    '«<|start_header_id|>»user«<|end_header_id|>»\n\nU«<|eot_id|>»«<|start_header_id|>»assistant«<|end_header_id|>»\n\nA«<|eot_id|>»',
};

const MULTI: Record<string, string> = {
  chatml:
    '«<|im_start|>»user\nU«<|im_end|>»\n«<|im_start|>»assistant\nV«<|im_end|>»\n«<|im_start|>»user\nW«<|im_end|>»\n«<|im_start|>»assistant\nA«<|im_end|>»',
  'openchat-3.5':
    'GPT4 Correct User: U«<|end_of_turn|>»GPT4 Correct Assistant: V«<|end_of_turn|>»GPT4 Correct User: W«<|end_of_turn|>»GPT4 Correct Assistant: A«<|end_of_turn|>»',
  'openchat-3.5-code':
    'Code User: U«<|end_of_turn|>»Code Assistant: V«<|end_of_turn|>»Code User: W«<|end_of_turn|>»Code Assistant: A«<|end_of_turn|>»',
  'llama-2-card': '«<s>»[INST] U «</s>» [/INST] V«</s>»«<s>»[INST] W «</s>» [/INST] A«</s>»',
  'llama-2-nectar': '«<s>»[INST] U [/INST] V«</s>»«<s>»[INST] W [/INST] A «</s>»',
  'llama-2-ppo': '[INST] U [/INST] V«</s>» [INST] W [/INST] A«</s>»',
  'llama-3':
    '«<|start_header_id|>»user«<|end_header_id|>»\n\nU«<|eot_id|>»«<|start_header_id|>»assistant«<|end_header_id|>»\n\nV«<|eot_id|>»«<|start_header_id|>»user«<|end_header_id|>»\n\nW«<|eot_id|>»«<|start_header_id|>»assistant«<|end_header_id|>»\n\nA«<|eot_id|>»',
};

const SYSTEM: Record<string, string> = {
  chatml: `«<|im_start|>»system\nS«<|im_end|>»\n${SINGLE.chatml}`,
  'openchat-3.5': `S«<|end_of_turn|>»${SINGLE['openchat-3.5']}`,
  'openchat-3.5-code': `S«<|end_of_turn|>»${SINGLE['openchat-3.5-code']}`,
  'llama-2-card': '«<s>»[INST] <<SYS>>\nS\n<</SYS>>\n\nU «</s>» [/INST] A«</s>»',
  'llama-2-nectar': '«<s>»[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST] A «</s>»',
  'llama-2-ppo': '[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST] A«</s>»',
  'llama-3': `«<|start_header_id|>»system«<|end_header_id|>»\n\nS«<|eot_id|>»${SINGLE['llama-3']}`,
};

test('every chat template is tested here', () => {
  for (const expected of [SINGLE, MULTI, SYSTEM]) assert.deepEqual(Object.keys(expected), CHATS);
});

for (const name of CHATS) {
  test(`${name}, to the letter`, () => {
    assert.equal(whole(name, [U('U')], 'A'), SINGLE[name]);
    assert.equal(whole(name, [U('U'), A('V'), U('W')], 'A'), MULTI[name]);
    assert.equal(whole(name, [S('S'), U('U')], 'A'), SYSTEM[name]);
  });

  test(`${name}: the system option is for conversations without a system turn`, () => {
    assert.equal(whole(name, [U('U')], 'A', 'S'), SYSTEM[name]);
    assert.equal(whole(name, [S('S'), U('U')], 'A', 'other'), SYSTEM[name]);
  });

  test(`${name}: texts are stripped with trim and verbatim without`, () => {
    assert.equal(whole(name, [S(' S\n'), U('\tU ')], '\n A\n', null, true), SYSTEM[name]);
    assert.equal(whole(name, [U('U')], 'A', ' S ', true), SYSTEM[name]);
    assert.notEqual(whole(name, [U('U ')], 'A'), SINGLE[name]);
  });

  test(`${name}: no text is ever left out`, () => {
    const roles: Role[] = ['system', 'user', 'assistant'];
    for (const a of roles)
      for (const b of roles)
        for (const c of roles) {
          const conversation = [a, b, c].map((role, i) => ({ role, text: `text-${i}` }));
          const result = attempt(() => whole(name, conversation, 'A'));
          if (result instanceof RowError)
            assert.match(String(result), /^E_PROMPT: field conversation\[\d\]: .* expected /);
          else
            for (const { text } of conversation) assert.ok(String(result).includes(text), `${a} ${b} ${c}: ${result}`);
        }
  });
}

function attempt(action: () => string): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test('llama-2 templates name the turn that they cannot render', () => {
  const fieldOf = (conversation: Turn[]) => {
    const error = attempt(() => whole('llama-2-ppo', conversation, 'A'));
    return error instanceof RowError ? error.place.field : error;
  };
  assert.equal(fieldOf([A('V'), U('U')]), 'conversation[0]');
  assert.equal(fieldOf([U('U'), U('W')]), 'conversation[1]');
  assert.equal(fieldOf([S('S'), U('U'), S('T'), U('W')]), 'conversation[2]');
  assert.equal(fieldOf([U('U'), A('V')]), 'conversation[2]');
  assert.equal(fieldOf([]), 'conversation[0]');
});

test('trim strips like Python: U+001C and U+0085 go, U+FEFF and U+200B stay', () => {
  const python = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000';
  assert.equal(whole('chatml', [U(`${python}U${python}`)], `${python}A${python}`, null, true), SINGLE.chatml);
  for (const kept of ['\ufeff', '\u200b', '\x00', '\u180e']) {
    assert.ok(whole('chatml', [U('U')], `${kept}A${kept}`, null, true).includes(`\n${kept}A${kept}«`));
  }
});

test('a name unlike any template lists the known ones without a suggestion', () => {
  for (const name of [
    'foo',
    '',
    'p',
    'x',
    'ch',
    'bar',
    'vicuna',
    'alpaca',
    'zephyr',
    'gemma',
    'constructor',
    'a'.repeat(100),
  ]) {
    assert.throws(
      () => makeTemplate({ name, system: null, trim: false }),
      (error: unknown) => {
        assert.ok(error instanceof StarlingError);
        assert.equal(
          error.message.indexOf(`there is no template "${name}". Known templates: ${templateNames[0]}`),
          0,
          error.message,
        );
        return true;
      },
    );
  }
});

test('an unknown template lists the known ones and suggests the nearest', () => {
  const cases = {
    chatlm: 'chatml',
    pari: 'pair',
    chat: 'chatml',
    'openchat-35': 'openchat-3.5',
    'llama-2': 'llama-2-ppo',
    'Openchat-3.5-code': 'openchat-3.5-code',
  };
  for (const [name, nearest] of Object.entries(cases)) {
    assert.throws(
      () => makeTemplate({ name, system: null, trim: false }),
      (error: unknown) => {
        assert.ok(error instanceof StarlingError);
        assert.deepEqual([error.code, error.exitCode], ['E_TEMPLATE', 2]);
        assert.ok(error.message.includes(`did you mean ${nearest}?`), error.message);
        for (const known of templateNames) assert.ok(error.message.includes(known));
        return true;
      },
    );
  }
});
