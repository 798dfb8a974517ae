import type { Ranking } from '../../contracts/ranking.js';
import { FieldWatch } from '../../read/shapes/field-watch.js';

/** The field that every row has. */
const ALWAYS = 'length';
/** Fields that `--by` and rankings name differently. */
const RANKING_NAMES: ReadonlyMap<string, string> = new Map([['model', 'models']]);

const KEEP = 'score --keep writes rankings with the fields of their rows';

/** Checks that a ranking has the fields of `--by`: otherwise all rows would form one slice, which would look like a finding. */
export class ByWatch {
  readonly #watches: readonly FieldWatch[];
  readonly #remedy: string | undefined;

  /** @param scored whether the inputs are rankings, which may have been written without the fields of their rows */
  constructor(by: readonly string[], scored: boolean) {
    this.#watches = by.filter((field) => field !== ALWAYS).map((field) => new FieldWatch('--by', field));
    this.#remedy = scored ? KEEP : undefined;
  }

  add(ranking: Ranking): void {
    const fields: Readonly<Record<string, unknown>> = { ...ranking };
    for (const watch of this.#watches) {
      const value = fields[RANKING_NAMES.get(watch.name) ?? watch.name];
      watch.add([fields], value !== undefined && value !== null);
    }
  }

  /** @throws StarlingError E_USAGE if there were rankings and none had one of the fields */
  check(): void {
    for (const watch of this.#watches) watch.check({}, this.#remedy);
  }
}
