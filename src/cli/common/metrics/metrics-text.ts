import { type RunCounts, STAGES } from '../console/run-counts.js';

/** The state of the process, beside its counts. Times are in seconds since 1970. */
export interface ProcessState {
  isRunning: boolean;
  startTime: number;
  now: number;
  residentBytes: number;
}

/** A sample: labels, and a value. */
type Sample = [labels: Readonly<Record<string, string>>, value: number];

interface Metric {
  name: string;
  type: 'counter' | 'gauge';
  help: string;
  samples: readonly Sample[];
}

const PREFIX = 'starling_rm_';

/**
 * The counts of a run in the text format of Prometheus, version 0.0.4. Timestamps are left out, because the textfile collector refuses
 * them. The help texts are the same for every run, as the collector requires for metrics that occur in several files.
 * @param run value of the label `run`, which distinguishes the files of one folder
 */
export function metricsText(run: string, counts: RunCounts, process: ProcessState): string {
  const metrics = [...countMetrics(counts), ...processMetrics(process)].filter(({ samples }) => samples.length > 0);
  return metrics.map((metric) => metricText(metric, { run })).join('');
}

function countMetrics({ rows, answers, tokens, truncatedAnswers, skipped, stageSeconds }: RunCounts): Metric[] {
  return [
    counter('rows_total', 'Rows that this process has brought to their end, without those that were skipped.', rows),
    counter('answers_total', 'Answers that were scored.', answers),
    counter('tokens_total', 'Tokens that rows asked for. Those that answers of a row share count once.', tokens),
    counter('truncated_answers_total', 'Answers that were cut to the maximum length.', truncatedAnswers),
    {
      name: 'skipped_rows_total',
      type: 'counter',
      help: 'Rows without a ranking, by the code of the error.',
      samples: [...skipped].map(([code, count]): Sample => [{ code }, count]),
    },
    {
      name: 'stage_seconds_total',
      type: 'counter',
      help: STAGE_HELP,
      samples: STAGES.map((stage): Sample => [{ stage }, stageSeconds[stage]]),
    },
  ];
}

const STAGE_HELP =
  'Seconds from asking to getting. read: waiting for the next row, as long as a pipe is silent too. encode, engine: sums over rows, which overlap and queue, so they run faster than the clock. write: writing a ranking, and for evaluate and compare measuring it.';

function processMetrics({ isRunning, startTime, now, residentBytes }: ProcessState): Metric[] {
  return [
    gauge(
      'running',
      '1 until the run has ended. A process that was killed leaves 1 and an old update.',
      Number(isRunning),
    ),
    gauge('resident_memory_bytes', 'Memory of the process, with all workers.', residentBytes),
    gauge('start_time_seconds', 'When the process started, in seconds since 1970.', startTime),
    gauge('last_update_time_seconds', 'When this file was written, in seconds since 1970.', now),
  ];
}

function counter(name: string, help: string, value: number): Metric {
  return { name, type: 'counter', help, samples: [[{}, value]] };
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, samples: [[{}, value]] };
}

function metricText({ name, type, help, samples }: Metric, common: Sample[0]): string {
  const whole = PREFIX + name;
  const lines = samples.map(([labels, value]) => `${whole}{${labelsText({ ...common, ...labels })}} ${value}\n`);
  return `# HELP ${whole} ${help}\n# TYPE ${whole} ${type}\n${lines.join('')}`;
}

function labelsText(labels: Sample[0]): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

/** Escapes the three characters that need it in the value of a label. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
