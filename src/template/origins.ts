import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import { Disguise } from './disguise.js';
import type { Compiled, Rendering } from './jinja.js';
import { Specials } from './specials.js';
import { type ChatTemplate, variables } from './variables.js';

/** Words that a template compares with what is no text: roles, and names of fields. */
const NO_TEXT = new Set(['system', 'user', 'assistant', 'role', 'content', 'messages']);

/** Two ways of telling the origin of what a template writes, and the disguise that both are made with. */
interface Ways {
  disguise: Disguise;
  renderings: Rendering[];
}

/**
 * Tells the special tokens that a template writes from those that texts spell, or that it makes of texts in changing them.
 *
 * The template is filled in once more, with texts in disguise. Where that gives the same text but for the disguise, all that is not
 * disguised is the template's own, and a special token that still stands there is made of nothing else. Where it gives another text,
 * the template looks for words in texts, which are disguised then as well. Where that gives another text too, nothing can be told.
 */
export class Origins {
  readonly #compiled: Compiled;
  readonly #template: ChatTemplate;
  readonly #spellings: readonly string[];
  readonly #specials: Specials;
  readonly #usual: Ways | undefined;

  constructor(compiled: Compiled, template: ChatTemplate, spellings: readonly string[]) {
    this.#compiled = compiled;
    this.#template = template;
    this.#spellings = spellings;
    this.#specials = new Specials(spellings);
    this.#usual = this.#ways([]);
  }

  /**
   * The template's special tokens and the words between them; nothing where they cannot be told.
   * @param whole what it writes of these turns
   */
  pieces(turns: readonly Turn[], whole: string): Piece[] | undefined {
    const own = () => this.#ways(turns.map(({ text }) => text));
    return this.#piecesBy(turns, whole, this.#usual) ?? this.#piecesBy(turns, whole, own());
  }

  #piecesBy(turns: readonly Turn[], whole: string, ways: Ways | undefined): Piece[] | undefined {
    const disguised = ways && disguisedTurns(turns, ways.disguise);
    if (ways === undefined || disguised === undefined) return undefined;
    const { disguise, renderings } = ways;
    for (const rendering of renderings) {
      const written = this.#written(rendering, disguised);
      if (written === undefined || disguise.off(written) !== whole) continue;
      const pieces = this.#specials.pieces(written);
      return pieces.map((piece) => ('special' in piece ? piece : { text: disguise.off(piece.text) }));
    }
    return undefined;
  }

  #ways(texts: readonly string[]): Ways | undefined {
    const { source, tokens } = this.#template;
    const disguise = Disguise.of(this.#spellings, [source, ...Object.values(tokens), ...texts]);
    if (disguise === undefined) return undefined;
    const { render, lookingFor } = this.#compiled;
    return { disguise, renderings: [render, lookingFor((word) => disguise.on(word) ?? word, NO_TEXT)] };
  }

  /** A template may refuse what it does not refuse undisguised. */
  #written(rendering: Rendering, turns: readonly Turn[]): string | undefined {
    try {
      return rendering(variables(this.#template, turns));
    } catch {
      return undefined;
    }
  }
}

function disguisedTurns(turns: readonly Turn[], disguise: Disguise): Turn[] | undefined {
  const disguised: Turn[] = [];
  for (const { role, text } of turns) {
    const other = disguise.on(text);
    if (other === undefined) return undefined;
    disguised.push({ role, text: other });
  }
  return disguised;
}
