import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import { Disguise } from './disguise.js';
import type { Compiled, Rendering } from './jinja.js';
import { Specials } from './specials.js';
import { type ChatTemplate, variables } from './variables.js';

/** Literals that a template compares with roles and names of fields, not with texts. */
const NO_TEXT = new Set(['system', 'user', 'assistant', 'role', 'content', 'messages']);

/** A disguise, and the renderings to try with disguised texts. */
interface Ways {
  disguise: Disguise;
  renderings: Rendering[];
}

/**
 * Distinguishes the special tokens that a template writes from those that a text spells, or that the template forms by changing a text.
 *
 * The template is rendered again with disguised texts. If the result without its disguise equals the original rendering, everything that is
 * not disguised comes from the template, and so does each special token in it. If the results differ, the template compares texts
 * with literals. It is rendered a third time, with these literals disguised too. If that result differs as well, the origins are unknown.
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
   * The template's special tokens and the text between them; undefined where the origins are unknown.
   * @param whole the rendering of these turns
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

  /** Renders disguised turns; undefined if the template refuses them, which it may do even if it accepts the original turns. */
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
