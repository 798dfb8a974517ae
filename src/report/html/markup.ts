/** A value in an `html` template: text is escaped, markup is not, `undefined` gives nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** HTML that is safe in a page as it is. Only this file makes it, so no text gets in unescaped. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Markup };

/** A template whose values are escaped, for elements' text and for attributes in double quotes; not for names, scripts or styles. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.map((part, i) => (i === 0 ? part : markupOf(values[i - 1]) + part)).join(''));
}

/** Markup that a library has made and escaped itself: the inside of an SVG. */
export function verbatim(text: string): Markup {
  return new Markup(text);
}

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.toString();
  if (typeof content === 'object') return content.map(markupOf).join('');
  return escaped(String(content));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML that shows it. */
function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ESCAPES[character]);
}

/**
 * Replaces characters that HTML cannot have. ASCII control characters become their pictures (␛), other control characters and lone
 * surrogates the replacement character. Line breaks and tabs stay. Bidirectional overrides and isolates are replaced too: they reverse the
 * text that follows, and one name could look like another. Direction marks stay, as right-to-left texts need them.
 */
export function visible(text: string): string {
  return text.replaceAll(/\p{Control}|\p{Surrogate}|[\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    if (/[\n\r\t]/.test(character)) return character;
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}
