import { RowError, StarlingError } from '../errors.js';
import type { Piece, Role, Turn } from '../types.js';
import type { Format } from './format.js';
import { compiled, type Rendering } from './jinja.js';

/** A model's own chat template, in Jinja, and what it is filled in with. */
export interface ChatTemplate {
  source: string;
  /** Where it stands, for errors. */
  file: string;
  /** `bos_token`, `eos_token` and the others of tokenizer_config.json, by these names. */
  tokens: Readonly<Record<string, string>>;
}

export interface ChatTemplateOptions {
  /** Spellings of special tokens. What the template writes of them become these tokens; what a text spells does not. */
  specials: readonly string[];
  /** Whether a special token spelt in a text is left for the template, and the encoder, to take for one. */
  allowSpecial: boolean;
  /** Whether the encoder sets BOS before the text, so that the template's own is left out. */
  addBos: boolean;
}

/** Characters that Unicode keeps out of texts for good: they mark places in them. Source: Unicode, "noncharacters". */
const MARKS = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0xfdd0 + i));

/**
 * A format that fills in the template anew for each answer, since a template may write the turns before an answer by what the
 * answer is: `prompt` writes nothing, `answer` all of it. The template sees the texts as they are, but for a mark inside the
 * special tokens that they spell: these come out as text, and all special tokens without a mark are the template's.
 * @throws StarlingError E_TEMPLATE when it is no template, or leaves an answer out
 */
export function chatTemplate(template: ChatTemplate, options: ChatTemplateOptions): Format {
  const render = checkedRendering(template);
  const lost = rolesLeftOut(render, template);
  const specials = new Specials(options.specials);
  const { bos_token: bos } = template.tokens;
  return {
    prompt: () => [],
    answer(text, conversation) {
      const turns: Turn[] = [...conversation, { role: 'assistant', text }];
      const missing = turns.findIndex(({ role }) => lost.has(role));
      if (missing >= 0) throw refusal(missing, `it leaves out turns of the ${turns[missing].role}`);
      const mark = MARKS.find((one) => !turns.some((turn) => turn.text.includes(one)));
      if (mark === undefined) throw refusal(0, 'its texts hold every character that could mark a place');
      const told = options.allowSpecial
        ? turns
        : turns.map((one) => ({ ...one, text: specials.broken(one.text, mark) }));
      const written = specials.pieces(filledIn(render, template, told), mark);
      return options.addBos && isToken(written[0], bos) ? written.slice(1) : written;
    },
  };
}

function checkedRendering({ source, file }: ChatTemplate): Rendering {
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

function variables({ tokens }: ChatTemplate, turns: readonly Turn[]): Record<string, unknown> {
  const messages = turns.map(({ role, text }) => ({ role, content: text }));
  return { ...tokens, messages, add_generation_prompt: false };
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
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
}

function isToken(piece: Piece | undefined, token: string | undefined): boolean {
  return token !== undefined && piece !== undefined && 'special' in piece && piece.special === token;
}

/** Special tokens in texts. */
class Specials {
  readonly #token: RegExp;
  readonly #beginning: RegExp;

  constructor(spellings: readonly string[]) {
    const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
    // Without any, what can stand nowhere.
    const any = longestFirst.map(escaped).join('|') || '(?!)';
    this.#token = new RegExp(`(${any})`, 'u');
    this.#beginning = new RegExp(`(?=${any}).`, 'gsu');
  }

  /** The text with a mark behind the first character of each token in it, so that it spells none. */
  broken(text: string, mark: string): string {
    return text.replace(this.#beginning, `$&${mark}`);
  }

  /** The tokens and the words between them, none of these empty, without marks. */
  pieces(text: string, mark: string): Piece[] {
    const parts = text.split(this.#token).map((part) => part.replaceAll(mark, ''));
    const pieces = parts.map((part, i): Piece => (i % 2 === 1 ? { special: part } : { text: part }));
    return pieces.filter((piece) => 'special' in piece || piece.text !== '');
  }
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
