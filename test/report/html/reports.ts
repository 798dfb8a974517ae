import type { Ranking } from '../../../src/contracts/ranking.js';
import { ranksOf } from '../../../src/contracts/ranks.js';
import type { RowTexts } from '../../../src/contracts/row.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { Evaluator } from '../../../src/measure/evaluation.js';
import type { Report } from '../../../src/report/html/report.js';
import { SCORED_BY } from '../evaluations.js';

/** Texts that would run, load, break out of their place or spoil the layout of a page that took them as markup. */
export const HOSTILE = [
  '<script>window.hacked = 1</script>',
  '</div></details></main><img src=x onerror="window.hacked = 1">',
  '"><svg onload=window.hacked=1>',
  `' onmouseover='window.hacked = 1`,
  '</title><script>window.hacked = 1</script>',
  '</style><style>* { display: none }</style>',
  '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe><base href="https://example.org/">',
  '<meta http-equiv="refresh" content="0; url=https://example.org/"><link rel=stylesheet href=https://example.org/x.css>',
  '<a href="javascript:window.hacked = 1">a</a><form action=https://example.org><input autofocus onfocus=window.hacked=1>',
  '<!-- <![CDATA[ ]]> --> &lt;script&gt; {{constructor.constructor("window.hacked = 1")()}}',
  '\u202etxet desrever\u202c \0 \x1b[31m \ud800 \ufeff',
  `${'Z\u0351\u0357\u0360\u0321'.repeat(300)}`,
  'unbroken'.repeat(300),
];

export interface ReportOptions {
  rows: number;
  k?: number;
  /** Names of the answering models. */
  models?: readonly string[];
  /** Text of each answer; absent if the rankings carry none. */
  text?: (row: number, position: number) => string;
  /** Source of each row. */
  source?: (row: number) => string;
  by?: readonly string[];
  labelled?: boolean;
}

/** A report on random rows: models of different strength, rewards that follow both quality and length. */
export function report(options: ReportOptions): Report {
  const { by = [], text, k = K } = options;
  const evaluator = new Evaluator({ resamples: 60, by });
  const random = Xoshiro128.seeded(options.rows);
  for (let row = 0; row < options.rows; row++) evaluator.add(ranking(row, options, random));
  return {
    evaluation: { scored_by: [SCORED_BY], ...evaluator.result() },
    worst: evaluator.worstRankings.map((ranking) => ({ ranking, texts: text && textsOf(ranking.index, k, text) })),
    inputs: ['rows.jsonl'],
    program: 'starling-rm 0.0.0',
  };
}

function ranking(index: number, options: ReportOptions, random: Xoshiro128): Ranking {
  const { k = K, models = MODELS, labelled = true, source = (row) => SOURCES[row % SOURCES.length] } = options;
  const noise = () => (random.below(2001) + random.below(2001) - 2000) / 700;
  const first = random.below(models.length);
  const answering = Array.from({ length: k }, (_, position) => (first + position) % models.length);
  const quality = answering.map((model) => noise() - (3 * model) / models.length);
  const lengths = quality.map((value) => Math.max(1, Math.round(400 * Math.exp((value + noise()) / 3))));
  const scores = quality.map((value, position) => value + Math.log(lengths[position]) / 2 + noise());
  return {
    index,
    id: `row-${index}`,
    prompt_id: `p${Math.floor(index / 2)}`,
    scores,
    ...ranksOf(scores),
    ...(labelled && { labels: quality.map((value) => 1 + quality.filter((other) => other > value).length) }),
    models: answering.map((model) => models[model]),
    lengths,
    source: [source(index)],
  };
}

function textsOf(row: number, k: number, text: (row: number, position: number) => string): RowTexts {
  return {
    conversation: [{ role: 'user', text: text(row, 0) }],
    answers: Array.from({ length: k }, (_, position) => text(row, position)),
  };
}

const K = 7;
const MODELS = ['gpt-4', 'claude-2', 'mixtral-8x7b', 'vicuna-13b', 'llama-2-7b', 'alpaca-7b', 'pythia-12b', 'gemma-2b'];
const SOURCES = ['chat', 'code', 'reasoning'];

const pick = (texts: readonly string[], position: number) => texts[position % texts.length];

/** An ordinary report with texts. */
export function ordinaryReport(): Report {
  return report({
    rows: 16,
    by: ['source', 'length', 'model'],
    text: (row, position) => `Text ${row} ${position}.\n\n- a\n- b`,
  });
}

/** As many models as a large leaderboard has, without texts. */
export function manyModels(): Report {
  return report({ rows: 200, models: Array.from({ length: 78 }, (_, model) => `model ${model}`) });
}

/** A report in which all texts from the rows are hostile. */
export function hostileReport(): Report {
  const hostile = report({
    rows: 16,
    by: ['source', 'model'],
    models: HOSTILE,
    source: (row) => pick(HOSTILE, row),
    text: (row, position) => pick(HOSTILE, row + position),
  });
  const scoredBy = HOSTILE.map((text) => ({ ...SCORED_BY, model: text, template: text, date: text }));
  const evaluation = { ...hostile.evaluation, scored_by: scoredBy, scored_by_notes: HOSTILE };
  return { ...hostile, evaluation, inputs: HOSTILE, program: HOSTILE[1] };
}
