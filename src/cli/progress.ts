import { Presets, SingleBar } from 'cli-progress';

/** What has been done so far. */
export interface Done {
  rows: number;
  answers: number;
  /** Computed tokens. */
  tokens: number;
}

export interface Progress {
  /** @param fraction of the input that was read, 0 to 1; NaN where the length is unknown, as of a pipe */
  update(done: Done, fraction: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };
const STEPS = 1000;

/** A line on standard error if that is a terminal, nothing otherwise. */
export function openProgress({ quiet, progress }: { quiet?: boolean; progress: boolean }): Progress {
  if (quiet || !progress || !process.stderr.isTTY) return SILENT;
  const started = performance.now();
  const bar = new SingleBar(
    { stream: process.stderr, clearOnComplete: true, hideCursor: true, format: '{bar} {counts}{eta_text}' },
    Presets.shades_classic,
  );
  bar.start(STEPS, 0, { counts: '', eta_text: '' });
  return {
    update(done, fraction) {
      const seconds = (performance.now() - started) / 1000;
      bar.update(Math.floor((fraction || 0) * STEPS), {
        counts: `${done.rows} rows, ${done.answers} answers, ${Math.round(done.tokens / seconds)} tokens/s`,
        eta_text: fraction > 0 ? `, ${Math.ceil((seconds / fraction) * (1 - fraction))} s left` : '',
      });
    },
    stop: () => bar.stop(),
  };
}
