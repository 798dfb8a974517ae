import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, isStockRefusal } from '../../src/contracts/refusal.js';

test('a refusal is distinguished from sympathy, from a letter and from help with a caveat', () => {
  for (const text of [
    "I'm sorry, but I can't assist with that.",
    'I’m sorry, but I cannot fulfil that request.',
    'I apologize, but I am unable to write that essay for you.',
    'As an AI language model, I cannot provide medical advice.',
    "As an AI, I don't have opinions on this.",
    'I cannot help you with breaking into a car.',
    "I won't provide that information.",
    'I must respectfully decline.',
    "I don't feel comfortable continuing this story.",
    'That is illegal. I can’t help you with that.',
  ]) {
    assert.ok(isRefusal(text), text);
  }
  for (const text of [
    "I'm sorry to hear that you feel this way. Talk to someone you trust.",
    'You cannot open the file because it is locked; close the other program first.',
    'As an AI language model, I can suggest some podcasts.',
    'Sorry for the delay! Here is the code.',
    'We will not know the results before Monday.',
    'Water boils at 100 degrees.',
    '',
    `As an AI, I cannot see your garden. However, here is a plan. ${'Dig a bed and plant beans in it. '.repeat(30)}`,
  ]) {
    assert.ok(!isRefusal(text), text);
  }
});

test('a stock refusal is only the stock sentence', () => {
  for (const text of [
    "I'm sorry, but I can't assist with that.",
    'Sorry, I cannot help with that request',
    ' I am sorry, I am unable to answer that. ',
  ])
    assert.ok(isStockRefusal(text), text);
  for (const text of ['I must respectfully decline.', "I'm sorry, but I can't assist with that. Ask a doctor.", ''])
    assert.ok(!isStockRefusal(text), text);
});
