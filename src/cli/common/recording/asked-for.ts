import type { Keep } from '../../../contracts/ranking.js';
import { shardText } from '../../../read/choose/shard.js';
import type { AskedFor } from '../../../runs/run-record.js';
import type { Calibrated } from '../calibration/calibration-file.js';
import type { RankingsSettings, RowsSettings } from '../settings.js';

/** The requested settings, as the run record has them. */
export function askedFor(
  { input: { read, choice, rows, onError, rejects }, calibration }: RowsSettings & Calibrated,
  { format }: Pick<RankingsSettings, 'format'>,
  keep: Keep,
): AskedFor {
  const { fields } = rows;
  const { limit, sample, seed, shard } = choice;
  return {
    output: { format, keep, temperature: calibration?.temperature },
    choice: {
      limit,
      sample,
      seed: sample === undefined ? undefined : seed,
      where: read.where,
      shard: shard && shardText(shard),
    },
    rows: {
      input_format: read.format,
      shape: fields.shape,
      prompt: fields.prompt,
      system: fields.system,
      answers: fields.answers,
      answer_text: fields.answerText,
      model: fields.model,
      label: fields.label,
      lower_is_better: fields.lowerIsBetter,
      id: fields.id,
      source: fields.source,
      prompt_format: fields.promptFormat,
      group_by: fields.groupBy,
      unsorted: read.group?.unsorted || undefined,
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
