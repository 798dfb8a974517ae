import { Buffer } from 'node:buffer';

/** Stand-ins for letters, as a template may change case. They are of rare scripts, and their case mapping is one to one. */
const CASED = [
  // Glagolitic, Cherokee, Armenian: the first capital, the first small letter, how many.
  [0x2c00, 0x2c30, 47],
  [0x13a0, 0xab70, 80],
  [0x531, 0x561, 38],
].flatMap(([capital, small, count]) => Array.from({ length: count }, (_, i) => [capital + i, small + i] as const));

/** Stand-ins for other characters, from the private use area. */
const UNCASED = Array.from({ length: 0xf8ff - 0xe000 + 1 }, (_, i) => 0xe000 + i);

const UNITS = 2 ** 16;

const EACH = Uint16Array.from({ length: UNITS }, (_, unit) => unit);

/**
 * Replaces all characters of given words by stand-ins, one to one and case by case. However a template changes a disguised text, the result
 * contains none of these words. Characters that become a character of these words in another case are replaced too.
 */
export class Disguise {
  readonly #on = EACH.slice();
  readonly #off = EACH.slice();
  readonly #standIns = new Uint8Array(UNITS);

  /**
   * Makes a disguise for these words.
   * @param avoided texts whose characters cannot be stand-ins
   * @returns undefined if too few stand-ins are left
   */
  static of(words: readonly string[], avoided: readonly string[]): Disguise | undefined {
    const disguise = new Disguise();
    const taken = new Uint8Array(UNITS);
    for (const text of [...words, ...avoided]) for (const unit of unitsOf(text)) taken[unit] = 1;
    const pairs = CASED.filter((pair) => pair.every((unit) => taken[unit] === 0));
    const others = UNCASED.filter((unit) => taken[unit] === 0);
    for (const unit of spelling(words)) {
      if (disguise.#on[unit] !== unit) continue;
      const other = otherCase(unit);
      if (other !== undefined) {
        const pair = pairs.shift();
        if (pair === undefined) return undefined;
        const isCapital = String.fromCharCode(unit).toLowerCase() !== String.fromCharCode(unit);
        disguise.#set(unit, pair[isCapital ? 0 : 1]);
        disguise.#set(other, pair[isCapital ? 1 : 0]);
      } else {
        const standIn = others.shift();
        if (standIn === undefined) return undefined;
        disguise.#set(unit, standIn);
      }
    }
    return disguise;
  }

  private constructor() {}

  /** Disguises a text. Returns undefined if the text contains a stand-in, which `off` would not restore. */
  on(text: string): string | undefined {
    const units = unitsOf(text);
    for (let i = 0; i < units.length; i++) if (this.#standIns[units[i]] === 1) return undefined;
    return mapped(units, this.#on);
  }

  /** Restores a disguised text. */
  off(text: string): string {
    return mapped(unitsOf(text), this.#off);
  }

  #set(unit: number, standIn: number): void {
    this.#on[unit] = standIn;
    this.#off[standIn] = unit;
    this.#standIns[standIn] = 1;
  }
}

/** The UTF-16 units of the words, and those that become one of them in another case: the Kelvin sign, the ligature fi. */
function spelling(words: readonly string[]): Set<number> {
  const own = new Set(words.flatMap((word) => [...unitsOf(word)]));
  const all = new Set(own);
  for (const [unit, cases] of unitsWithCase()) if (cases.some((one) => own.has(one))) all.add(unit);
  return all;
}

/** The units with another case, and all units that they become in it. */
function unitsWithCase(): ReadonlyMap<number, number[]> {
  withCase ??= new Map(
    (
      Buffer.from(EACH.buffer)
        .toString('utf16le')
        .match(/[\p{Changes_When_Lowercased}\p{Changes_When_Uppercased}]/gu) ?? []
    ).map((text) => [text.charCodeAt(0), [...unitsOf(casesOf(text))]]),
  );
  return withCase;
}

/** The text after one and two changes of case. Two changes turn the long s into another letter. */
function casesOf(text: string): string {
  const [lower, upper] = [text.toLowerCase(), text.toUpperCase()];
  return lower + upper + lower.toUpperCase() + upper.toLowerCase();
}

let withCase: ReadonlyMap<number, number[]> | undefined;

/** The unit of the same letter in the other case, if both map to each other. */
function otherCase(unit: number): number | undefined {
  const text = String.fromCharCode(unit);
  const [lower, upper] = [text.toLowerCase(), text.toUpperCase()];
  if (lower === upper) return undefined;
  const isPair =
    lower.length === 1 && upper.length === 1 && lower.toUpperCase() === upper && upper.toLowerCase() === lower;
  if (!isPair || (text !== lower && text !== upper)) return undefined;
  return (text === lower ? upper : lower).charCodeAt(0);
}

function unitsOf(text: string): Uint16Array {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function mapped(units: Uint16Array, to: Uint16Array): string {
  // A loop, as the callback of `map` would take most of the time.
  for (let i = 0; i < units.length; i++) units[i] = to[units[i]];
  return Buffer.from(units.buffer).toString('utf16le');
}
