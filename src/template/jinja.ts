import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { withComparedLiterals } from './compared-literals.js';

/** A chat template that is ready to be filled in. Both throw what the template or its author says went wrong. */
export interface Compiled {
  render: Rendering;
  /** A template that looks for other words in texts, but for those that are kept, and writes the same. */
  lookingFor(change: (text: string) => string, kept: ReadonlySet<string>): Rendering;
}

export type Rendering = (variables: Readonly<Record<string, unknown>>) => string;

/**
 * Chat templates as transformers reads them: blocks take the line break after them and the blanks before them. `strftime_now` is left
 * undefined, so that no text, and no score, depends on the day; templates that ask whether it is there have a date of their own.
 * Source: `_compile_jinja_template` in transformers.
 * @throws Error for what is no template
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

/** Many more than a conversation has turns. */
const LONGEST_RANGE = 1_000_000;

function refuse(message: unknown): never {
  throw new Error(String(message));
}

/** Python's `range`, which makes no list of its numbers, so that a long one costs it nothing. */
function range(first: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, first] : [first, stop];
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (length > LONGEST_RANGE) throw new Error(`a range of ${length} numbers is longer than ${LONGEST_RANGE}`);
  return Array.from({ length }, (_, i) => from + i * step);
}
