import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { withComparedLiterals } from './compared-literals.js';

/** A compiled chat template. Rendering throws the error of the interpreter, or the message of the template's `raise_exception`. */
export interface Compiled {
  render: Rendering;
  /** The same template with changed literals where it compares texts, except for those in `kept`. See `withComparedLiterals`. */
  lookingFor(change: (text: string) => string, kept: ReadonlySet<string>): Rendering;
}

export type Rendering = (variables: Readonly<Record<string, unknown>>) => string;

/**
 * Compiles a chat template like transformers: blocks absorb the line break after them and the blanks before them. `strftime_now` is
 * undefined, so that no score depends on the date. Templates that check whether it is defined have a default date.
 * Source: `_compile_jinja_template` in transformers.
 * @throws Error when the source is not a valid template
 */
export function compiled(source: string): Compiled {
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  return {
    render: rendering(program),
    lookingFor: (change, kept) => rendering(withComparedLiterals(program, change, kept)),
  };
}

function rendering(program: ReturnType<typeof parse>): Rendering {
  return (variables) => {
    const environment = new Environment();
    const values = { ...CONSTANTS, raise_exception: refuse, range, ...variables };
    for (const [name, value] of Object.entries(values)) environment.set(name, value);
    return String(new Interpreter(environment).run(program).value);
  };
}

const CONSTANTS = { true: true, True: true, false: false, False: false, none: null, None: null };

/** Far above the number of turns of any conversation. */
const LONGEST_RANGE = 1_000_000;

function refuse(message: unknown): never {
  throw new Error(String(message));
}

/** Python's `range`, as an array. Python's own range is lazy, so templates may ask for a long one; this one has a limit. */
function range(first: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, first] : [first, stop];
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (length > LONGEST_RANGE) throw new Error(`a range of ${length} numbers is longer than ${LONGEST_RANGE}`);
  return Array.from({ length }, (_, i) => from + i * step);
}
