import { RowError } from '../../contracts/errors.js';
import type { Keep, Ranking } from '../../contracts/ranking.js';
import type { ResumedRun } from '../../runs/resumed-run.js';
import { openScorer, type ScoringSettings, scoreIdentity } from '../../score/open-scorer.js';
import type { Calibrated } from './calibration/calibration-file.js';
import { checkCalibrated, tellDoubt } from './calibration/check-calibrated.js';
import type { ChosenRows } from './chosen-rows.js';
import type { RowsSettings } from './settings.js';

/** What the scores are used for. */
export interface ScoringUse {
  /** The rows that an earlier run has written, if this run continues it. */
  resumed?: ResumedRun;
}

/** A scorer of rows. Disposing of it closes it. */
export interface RowScoring extends AsyncDisposable {
  /** Scores the rows. Called once. */
  rankings(use: ScoringUse): AsyncGenerator<Ranking | RowError>;
}

/** Opens a scorer of rows. */
export async function openScoring(
  { rows, progress, stop, truncated }: ChosenRows,
  settings: RowsSettings & ScoringSettings & Calibrated & { keep: Keep },
  interrupted: AbortSignal,
): Promise<RowScoring> {
  if (settings.calibration !== undefined) {
    tellDoubt(checkCalibrated(settings.calibration, [await scoreIdentity(settings)]), settings.console);
  }
  const tell = (remark: string) => settings.console.tell(remark, { level: 'warning' });
  const scorer = await openScorer(settings, { interrupted, tell });
  if (scorer.note !== undefined) settings.console.tell(scorer.note);
  return {
    rankings({ resumed }) {
      const rankings = scorer.rankings(progress.entering(rows(resumed)), {
        keep: settings.keep,
        temperature: settings.calibration?.temperature,
        stop,
        onScored: (row) => settings.console.counts.addScored(row),
        ...(resumed && { known: (row) => resumed.known(row) }),
      });
      return counted(progress.leaving(rankings), truncated);
    },
    [Symbol.asyncDispose]: () => scorer.close(),
  };
}

async function* counted(
  rankings: AsyncIterable<Ranking | RowError>,
  truncated: (answers: number) => void,
): AsyncGenerator<Ranking | RowError> {
  for await (const ranking of rankings) {
    if (!(ranking instanceof RowError)) truncated(ranking.truncated?.length ?? 0);
    yield ranking;
  }
}
