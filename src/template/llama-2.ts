import { RowError } from '../contracts/errors.js';
import type { Role, Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';

/** The differences between the published `[INST]` formats for Starling-RM-7B-alpha. */
interface Dialect {
  /** A user's turn up to the start of the reply. */
  request(text: string): Piece[];
  /** A reply that is followed by another request. */
  earlierReply(text: string): Piece[];
  /** The reply that is scored. */
  answer(text: string): Piece[];
}

const BOS: Piece = { special: '<s>' };
const EOS: Piece = { special: '</s>' };

/**
 * `<s>[INST] U </s> [/INST] A</s>`, repeated for further turns. The `<s>` is part of the text, so with the BOS that the tokenizer adds
 * there are two. Source: the code sample on the model card, which has one turn.
 */
export const llama2Card: ChatFormat = llama2({
  request: (text) => [BOS, { text: `[INST] ${text} ` }, EOS, { text: ' [/INST]' }],
  earlierReply: (text) => [{ text: ` ${text}` }, EOS],
  answer: (text) => [{ text: ` ${text}` }, EOS],
});

/**
 * `<s>[INST] U [/INST] A</s><s>[INST] U [/INST] A </s>`. Only the scored reply has a space before its `</s>`. The `<s>` is part of the text
 * here too. Source: the authors' formatter of Nectar rows for Llama models. It replaces `\n\nHuman: ` by `</s><s>[INST] ` and
 * `\n\nAssistant: ` by ` [/INST] `, drops the first `</s>` and appends ` </s>`.
 */
export const llama2Nectar: ChatFormat = llama2({
  request: (text) => [BOS, { text: `[INST] ${text} [/INST]` }],
  earlierReply: (text) => [{ text: ` ${text}` }, EOS],
  answer: (text) => [{ text: ` ${text} ` }, EOS],
});

/** `[INST] U [/INST] A</s> [INST] U [/INST] A</s>`. Source: the helper of the authors' PPO code. */
export const llama2Ppo: ChatFormat = llama2({
  request: (text) => [{ text: `[INST] ${text} [/INST]` }],
  earlierReply: (text) => [{ text: ` ${text}` }, EOS, { text: ' ' }],
  answer: (text) => [{ text: ` ${text}` }, EOS],
});

/**
 * The authors' formatters have no system turn. The trunk, Llama-2-Chat, has one inside the first request: `<<SYS>>\nS\n<</SYS>>\n\nU`.
 * Source: meta-llama/llama, llama/generation.py, `chat_completion`.
 */
function llama2(dialect: Dialect): ChatFormat {
  return {
    prompt: (conversation) => {
      const turns = foldSystem(conversation);
      checkAlternation(turns, conversation.length - turns.length);
      return turns.flatMap(({ role, text }) => (role === 'user' ? dialect.request(text) : dialect.earlierReply(text)));
    },
    answer: dialect.answer,
  };
}

function foldSystem(conversation: readonly Turn[]): readonly Turn[] {
  const [system, first, ...rest] = conversation;
  if (system?.role !== 'system' || first?.role !== 'user') return conversation;
  return [{ role: 'user', text: `<<SYS>>\n${system.text}\n<</SYS>>\n\n${first.text}` }, ...rest];
}

/** @param folded number of system turns that became part of the first turn */
function checkAlternation(turns: readonly Turn[], folded: number): void {
  turns.forEach(({ role }, i) => {
    const expected: Role = i % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected) throw unwritable(`turn ${i + folded} is of the ${role}`, i + folded);
  });
  if (turns.length % 2 === 0) throw unwritable('the turn before the answer is not of the user', turns.length + folded);
}

function unwritable(what: string, turn: number): RowError {
  const expected =
    'expected alternating turns of user and assistant, from user to user, and a system turn only before them';
  return new RowError('E_PROMPT', `the llama-2 templates cannot render this conversation: ${what}; ${expected}`, {
    field: `conversation[${turn}]`,
  });
}
