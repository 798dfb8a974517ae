import type { ExportSettings } from './settings.js';

/** All settings that the examples depend on, as the run record has them. An absent one was not requested. */
export function askedOf({ input, choices, balances, form }: ExportSettings): Readonly<Record<string, unknown>> {
  const { read, choice, rows, onError } = input;
  const { fields } = rows;
  const { rankBy, drop, pairs, maxPerRow, minMargin, maxLengthRatio, top, seed } = choices;
  return {
    rank_by: rankBy,
    drop,
    pairs,
    max_per_row: maxPerRow,
    min_margin: minMargin,
    max_length_ratio: maxLengthRatio,
    balance: balances ? 'length' : undefined,
    top,
    seed,
    text: form.isText,
    layout: form.layout,
    limit: choice.limit,
    sample: choice.sample,
    where: read.where,
    prompt: fields.prompt,
    answers: fields.answers,
    prompt_format: fields.promptFormat,
    on_error: onError,
  };
}

/** The flags of choosing that differ from their defaults, as a data card shows them. */
export function chosenFlags({ choices, balances, input: { choice } }: ExportSettings): string[] {
  const { rankBy, drop, pairs, maxPerRow, minMargin, maxLengthRatio, top, seed } = choices;
  const isDrawn = balances || pairs === 'random' || choice.sample !== undefined;
  const values: readonly (readonly [flag: string, value: string | number | undefined])[] = [
    ['--rank-by', rankBy],
    ['--drop', drop.length > 0 ? drop.join(',') : undefined],
    ['--pairs', pairs === 'best-worst' ? undefined : pairs],
    ['--max-per-row', maxPerRow],
    ['--min-margin', minMargin],
    ['--max-length-ratio', maxLengthRatio],
    ['--balance', balances ? 'length' : undefined],
    ['--top', top === 1 ? undefined : top],
    ['--limit', choice.limit],
    ['--sample', choice.sample],
    ['--seed', isDrawn ? seed : undefined],
  ];
  return values.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${value}`]));
}
