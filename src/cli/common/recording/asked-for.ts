import type { Keep } from '../../../contracts/ranking.js';
import type { AskedFor } from '../../../runs/run-record.js';
import type { RankingsSettings, RowsSettings } from '../settings.js';

/** The requested settings, as the run record has them. */
export function askedFor(
  { input: { read, choice, rows, onError, rejects } }: RowsSettings,
  { format }: Pick<RankingsSettings, 'format'>,
  keep: Keep,
): AskedFor {
  const { fields } = rows;
  const { limit, sample, seed } = choice;
  return {
    output: { format, keep },
    choice: { limit, sample, seed: sample === undefined ? undefined : seed, where: read.where },
    rows: {
      input_format: read.format,
      prompt: fields.prompt,
      answers: fields.answers,
      label: fields.label,
      lower_is_better: fields.lowerIsBetter,
      prompt_format: fields.promptFormat,
    },
    bad_rows: {
      on_error: onError,
      rejects: rejects !== undefined,
      max_line_bytes: read.maxLineBytes,
      max_nesting: read.maxNesting,
      max_answers: rows.maxAnswers,
      max_unpacked_bytes: read.maxUnpackedBytes,
    },
  };
}
