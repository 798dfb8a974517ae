import type { Estimate, Evaluation, Slice, SliceTable } from '../../../contracts/agreement.js';
import { countText } from '../../numbers.js';
import { overlapNote } from '../../overlap-note.js';
import { forestPlot } from '../../plots/forest.js';
import type { DrawPlot } from '../../plots/render.js';
import { REWARD } from '../../plots/theme.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import { type Content, html, type Markup } from '../markup.js';
import { named } from '../named.js';
import { Reasons } from '../reasons.js';
import type { Section } from '../section.js';
import { estimateWords, statisticTitle, unitOf } from '../words.js';

/** Slices per plot and plots per page: more could not be read. */
const MOST_SLICES = 30;
const MOST_TABLES = 10;

/** The accuracy by slice, one figure per field of `--by`. */
export async function slicesSection(
  { slices, statistics, rows_compared }: Evaluation,
  draw: DrawPlot,
): Promise<Section> {
  const cards: Markup[] = [];
  for (const [i, table] of slices.slice(0, MOST_TABLES).entries()) {
    cards.push(await sliceFigure(`slices-${i + 1}`, table, statistics.pairwise_accuracy, rows_compared, draw));
  }
  return { id: 'slices', title: 'Slices', body: html`${opening(slices.length)}<div class="cards">${cards}</div>` };
}

function opening(tables: number): Content {
  if (tables === 0)
    return html`<p class="nothing">No slices were asked for: <code>--by source,model,length</code> gives them.</p>`;
  if (tables > MOST_TABLES)
    return html`<p>Shown are ${MOST_TABLES} of ${tables} tables; <code>--json</code> has all.</p>`;
  return undefined;
}

async function sliceFigure(
  id: string,
  { by, slices, left_out }: SliceTable,
  all: Estimate | undefined,
  rowsCompared: number,
  draw: DrawPlot,
): Promise<Markup> {
  const title = `By ${by}`;
  const shown = slices.slice(0, MOST_SLICES);
  const measured = shown.filter(({ statistics }) => typeof statistics.pairwise_accuracy?.value === 'number');
  const [only, second] = measured;
  if (only === undefined) return noFigure(title, 'no slice has two answers with different labels');
  const more = slices.length - shown.length + left_out;
  if (second === undefined && more === 0)
    return noFigure(title, html`all comparisons are in the slice “${named(nameOf(only.value))}”`);
  const cut = more > 0 ? ` Shown are ${shown.length} of ${countText(shown.length + more)} slices.` : '';
  const overlap = overlapNote(by, slices, rowsCompared, 'pairs');
  const rows = measured.map(({ value, statistics, baselines }) => ({
    name: nameOf(value),
    estimate: statistics.pairwise_accuracy,
    color: REWARD,
    beside: baselines.length.pairwise_accuracy,
  }));
  return figure(
    {
      id,
      title,
      says: html`${saysOf(measured)}${cut}${overlap === undefined ? '' : ` ${overlap}`}`,
      keys: [
        { mark: 'reward', text: 'reward, with interval' },
        { mark: 'longer', text: 'longer answer' },
        { mark: 'line', text: 'reward, all rows' },
        { mark: 'dashed', text: '50 %' },
      ],
      spec: forestPlot(rows, all?.value ?? undefined),
      how: 'Pairwise accuracy in each slice. Slices with wide intervals have few pairs. Among many slices, some are far off by chance.',
      table: tableOf(title, shown),
    },
    draw,
  );
}

function saysOf(slices: readonly Slice[]): Markup {
  const byAccuracy = [...slices].sort((a, b) => accuracyOf(a) - accuracyOf(b));
  const accuracyWords = (slice: Slice) =>
    html`${estimateWords(slice.statistics.pairwise_accuracy, 'percent')} for “${named(nameOf(slice.value))}”`;
  const [lowest] = byAccuracy;
  const highest = byAccuracy[byAccuracy.length - 1];
  if (accuracyOf(lowest) === accuracyOf(highest)) {
    return html`The accuracy is ${estimateWords(lowest.statistics.pairwise_accuracy, 'percent')} in every slice.`;
  }
  return html`The accuracy ranges from ${accuracyWords(lowest)} to ${accuracyWords(highest)}.`;
}

function accuracyOf({ statistics }: Slice): number {
  return statistics.pairwise_accuracy.value ?? 0;
}

function nameOf(value: string | null): string {
  return value ?? '(none)';
}

function tableOf(label: string, slices: readonly Slice[]): Markup {
  const reasons = new Reasons();
  const names = Object.keys(slices[0].statistics);
  const rows = slices.map(({ value, rows, comparisons, statistics, baselines, differences }) => [
    named(nameOf(value)),
    countText(rows),
    countText(comparisons),
    ...names.map((name) => reasons.cell(statistics[name], unitOf(name))),
    reasons.cell(baselines.length.pairwise_accuracy, 'percent'),
    reasons.difference(differences.length.pairwise_accuracy, 'percent'),
  ]);
  const titles = names.map((name) => statisticTitle(name));
  const columns = ['slice', 'rows', 'pairs', ...titles, 'longer answer, pairwise', 'difference'];
  return html`${dataTable({ label, columns, rows })}${reasons.list}`;
}
