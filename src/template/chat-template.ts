import { messageOf, RowError, StarlingError } from '../contracts/errors.js';
import type { Role, Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';
import { type Compiled, compiled, type Rendering } from './jinja.js';
import { Origins } from './origins.js';
import { Specials } from './specials.js';
import { type ChatTemplate, variables } from './variables.js';

export interface ChatTemplateOptions {
  /** Spellings of special tokens. They become tokens where the template writes them, not where a text spells them. */
  specials: readonly string[];
  /** Whether a special token spelt in a text also becomes a token. */
  allowSpecial: boolean;
  /** Whether the encoder adds BOS. The template's own BOS is then dropped. */
  addBos: boolean;
}

/**
 * The format of a model's own chat template. The template is rendered for each answer, since it may render earlier turns depending on the
 * answer: `prompt` returns nothing, `answer` returns the whole text. `Origins` finds the special tokens that the template itself writes.
 * @throws StarlingError E_TEMPLATE when the source is not a Jinja template, or the template omits the prompt or the answer, or changes
 *   texts so that the origin of its special tokens is unknown
 */
export function chatTemplate(template: ChatTemplate, options: ChatTemplateOptions): ChatFormat {
  const ready = checkedTemplate(template);
  const lost = rolesLeftOut(ready.render, template);
  const origins = new Origins(ready, template, options.specials);
  if (!options.allowSpecial) checkOrigins(origins, ready, template);
  const specials = new Specials(options.specials);
  const { bos_token: bos } = template.tokens;
  return {
    prompt: () => [],
    answer(text, conversation) {
      const turns: Turn[] = [...conversation, { role: 'assistant', text }];
      const missing = turns.findIndex(({ role }) => lost.has(role));
      if (missing >= 0) throw refusal(missing, `it omits turns of the ${turns[missing].role}`);
      const whole = filledIn(ready.render, template, turns);
      const written = options.allowSpecial ? specials.pieces(whole) : origins.pieces(turns, whole);
      if (written === undefined) throw refusal(turns.length - 1, `${AMBIGUOUS}; ${ALLOW}`);
      return options.addBos && isToken(written[0], bos) ? written.slice(1) : written;
    },
  };
}

const AMBIGUOUS =
  'it changes texts so that its own special tokens cannot be distinguished from those that a text spells';
const ALLOW = '--allow-special treats all of them as special tokens';

function checkOrigins(origins: Origins, { render }: Compiled, template: ChatTemplate): void {
  const turns = [turn('user', 'question'), turn('assistant', 'reply')];
  if (origins.pieces(turns, filledIn(render, template, turns)) !== undefined) return;
  throw new StarlingError('E_TEMPLATE', `${AMBIGUOUS}; ${ALLOW}`, { file: template.file });
}

function checkedTemplate({ source, file }: ChatTemplate): Compiled {
  try {
    return compiled(source);
  } catch (cause) {
    throw new StarlingError('E_TEMPLATE', `this is not a valid Jinja template: ${problemOf(cause)}`, { file }, cause);
  }
}

/** The roles whose texts the template omits. A role that it refuses is reported for the rows that have it. */
function rolesLeftOut(render: Rendering, template: ChatTemplate): ReadonlySet<Role> {
  const [asked, answered] = [turn('user', 'question'), turn('assistant', 'reply')];
  let text: string;
  try {
    text = render(variables(template, [asked, answered]));
  } catch (cause) {
    const problem = `the template cannot render a prompt and an answer: ${problemOf(cause)}`;
    throw new StarlingError('E_TEMPLATE', problem, { file: template.file }, cause);
  }
  for (const { role, text: expected } of [asked, answered]) {
    if (text.includes(expected)) continue;
    throw new StarlingError(
      'E_TEMPLATE',
      `the template omits the text of the ${role}; expected one that renders every turn`,
      { file: template.file },
    );
  }
  return leavesOutSystem(render, template) ? new Set<Role>(['system']) : new Set();
}

function leavesOutSystem(render: Rendering, template: ChatTemplate): boolean {
  const turns = [turn('system', 'instruction'), turn('user', 'question'), turn('assistant', 'reply')];
  try {
    return !render(variables(template, turns)).includes('instruction');
  } catch {
    return false;
  }
}

function turn(role: Role, text: string): Turn {
  return { role, text };
}

function filledIn(render: Rendering, template: ChatTemplate, turns: readonly Turn[]): string {
  try {
    return render(variables(template, turns));
  } catch (cause) {
    throw refusal(turns.length - 1, problemOf(cause), cause);
  }
}

function refusal(position: number, problem: string, cause?: unknown): RowError {
  const message = `the chat template cannot render this conversation: ${problem}`;
  return new RowError('E_PROMPT', message, { field: `conversation[${position}]` }, cause);
}

function problemOf(error: unknown): string {
  return messageOf(error).replaceAll(/\s+/g, ' ').trim();
}

function isToken(piece: Piece | undefined, token: string | undefined): boolean {
  return token !== undefined && piece !== undefined && 'special' in piece && piece.special === token;
}
