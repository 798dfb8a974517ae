/** Why something is left out, the unit that is counted, and how messages put it after the number and the unit. */
export const DROP_REASONS = {
  unlabelled: { unit: 'answer', text: 'without a label' },
  truncated: { unit: 'answer', text: 'cut to the maximum length' },
  refusals: { unit: 'answer', text: 'that refuse' },
  equal: { unit: 'answer', text: 'with the text of a better answer' },
  ties: { unit: 'pair', text: 'of equal value' },
  min_margin: { unit: 'pair', text: 'below --min-margin' },
  max_length_ratio: { unit: 'pair', text: 'above --max-length-ratio' },
  max_per_row: { unit: 'pair', text: 'beyond --max-per-row' },
  balance: { unit: 'pair', text: 'left out by --balance' },
  few_answers: { unit: 'row', text: 'with too few answers' },
  all_tie: { unit: 'row', text: 'whose answers all tie' },
} as const;

export type DropReason = keyof typeof DROP_REASONS;

const REASONS = Object.keys(DROP_REASONS) as DropReason[];

/** Counts what was left out, by reason. */
export class Dropped {
  readonly #counts = new Map<DropReason, number>();

  add(reason: DropReason, count = 1): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  addAll(other: Dropped): void {
    for (const [reason, count] of other.#counts) this.add(reason, count);
  }

  /** The reasons that occurred, always in the same order. */
  get counts(): Readonly<Partial<Record<DropReason, number>>> {
    const found = REASONS.filter((reason) => this.#counts.has(reason));
    return Object.fromEntries(found.map((reason) => [reason, this.#counts.get(reason)]));
  }

  /** One text a reason: `3 pairs of equal value`. */
  get texts(): string[] {
    return REASONS.flatMap((reason) => {
      const count = this.#counts.get(reason);
      const { unit, text } = DROP_REASONS[reason];
      return count === undefined ? [] : [`${count} ${unit}${count === 1 ? '' : 's'} ${text}`];
    });
  }
}
