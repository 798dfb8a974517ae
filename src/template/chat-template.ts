import { messageOf, RowError, StarlingError } from '../contracts/errors.js';
import type { Role, Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';
import { type Compiled, compiled, type Rendering } from './jinja.js';
import { Origins } from './origins.js';
import { Specials } from './specials.js';
import { type ChatTemplate, variables } from './variables.js';

export interface ChatTemplateOptions {
  /** Spellings of special tokens. What the template writes of them become these tokens; what a text spells does not. */
  specials: readonly string[];
  /** Whether a special token spelt in a text is left for the template, and the encoder, to take for one. */
  allowSpecial: boolean;
  /** Whether the encoder sets BOS before the text, so that the template's own is left out. */
  addBos: boolean;
}

/**
 * A format that fills in the template anew for each answer, since a template may write the turns before an answer by what the
 * answer is: `prompt` writes nothing, `answer` all of it. The template sees the texts as they are. Which special tokens are its own is
 * told by `Origins`, whatever it does to texts.
 * @throws StarlingError E_TEMPLATE when it is no template, leaves an answer out, or changes texts so that origins cannot be told
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
      if (missing >= 0) throw refusal(missing, `it leaves out turns of the ${turns[missing].role}`);
      const whole = filledIn(ready.render, template, turns);
      const written = options.allowSpecial ? specials.pieces(whole) : origins.pieces(turns, whole);
      if (written === undefined) throw refusal(turns.length - 1, `${UNTOLD}; ${ALLOW}`);
      return options.addBos && isToken(written[0], bos) ? written.slice(1) : written;
    },
  };
}

const UNTOLD =
  'it changes texts in such a way that a special token of its own cannot be told from one that a text spells';
const ALLOW = '--allow-special takes all for special tokens';

function checkOrigins(origins: Origins, { render }: Compiled, template: ChatTemplate): void {
  const turns = [turn('user', 'question'), turn('assistant', 'reply')];
  if (origins.pieces(turns, filledIn(render, template, turns)) !== undefined) return;
  throw new StarlingError('E_TEMPLATE', `${UNTOLD}; ${ALLOW}`, { file: template.file });
}

function checkedTemplate({ source, file }: ChatTemplate): Compiled {
  try {
    return compiled(source);
  } catch (cause) {
    throw new StarlingError('E_TEMPLATE', `this is no Jinja template: ${problemOf(cause)}`, { file }, cause);
  }
}

/** The roles whose texts it does not write. What it refuses outright is told where a row has it. */
function rolesLeftOut(render: Rendering, template: ChatTemplate): ReadonlySet<Role> {
  const [asked, answered] = [turn('user', 'question'), turn('assistant', 'reply')];
  let text: string;
  try {
    text = render(variables(template, [asked, answered]));
  } catch (cause) {
    const problem = `it cannot write a prompt and an answer: ${problemOf(cause)}`;
    throw new StarlingError('E_TEMPLATE', problem, { file: template.file }, cause);
  }
  for (const { role, text: expected } of [asked, answered]) {
    if (text.includes(expected)) continue;
    throw new StarlingError('E_TEMPLATE', `it leaves out the text of the ${role}`, { file: template.file });
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
  const message = `the chat template cannot write this conversation: ${problem}`;
  return new RowError('E_PROMPT', message, { field: `conversation[${position}]` }, cause);
}

function problemOf(error: unknown): string {
  return messageOf(error).replaceAll(/\s+/g, ' ').trim();
}

function isToken(piece: Piece | undefined, token: string | undefined): boolean {
  return token !== undefined && piece !== undefined && 'special' in piece && piece.special === token;
}
