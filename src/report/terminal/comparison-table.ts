import type { Change, ComparedSlice, Comparison, FlippedRow, Unpaired } from '../../contracts/agreement.js';
import { counted, countText, decimalText, levelText } from '../numbers.js';
import { overlapNote } from '../overlap-note.js';
import { runDifferencesText, scoredByTexts } from '../scored-by.js';
import { DASH_LEGEND, intervalText, OF_LABEL_SCORES, titleOf, valueText } from '../titles.js';
import { fitted, shortened, wrapped } from './columns.js';
import { comparisonFinding } from './comparison-finding.js';
import { cutNote } from './slice-lines.js';

const VALUE_WIDTH = 20;
const NAME_WIDTH = 40;
const FLIPPED_SHOWN = 5;
/** `Comparison.most_flipped` has no more rows than this. */
const FLIPPED_KNOWN = 20;

/** The comparison for a terminal of 80 columns: what scored the runs, statistics, the main changes in words, slices, the rows that flipped most, notes. Ends in a newline. */
export function comparisonTable(comparison: Comparison): string {
  const sections = [
    runLines(comparison),
    statisticLines(comparison),
    wrapped(comparisonFinding(comparison)),
    ...comparison.slices.map((table) => sliceLines(table, comparison)),
    flippedLines(comparison.most_flipped),
    notes(comparison).flatMap(wrapped),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function runLines({ scored_by, run_differences }: Comparison): string[] {
  if (scored_by === undefined) return [];
  const lines = Object.entries(scored_by).flatMap(([run, scoredBy]) =>
    scoredByTexts(scoredBy).map((text) => `${run.toUpperCase()}: ${text}`),
  );
  return [...lines, ...(run_differences === undefined ? [] : [runDifferencesText(run_differences)])].flatMap(wrapped);
}

function statisticLines({ rows_compared, statistics, bootstrap }: Comparison): string[] {
  if (rows_compared === 0) return [];
  const header = ['', 'A', 'B', 'B - A', `${levelText(bootstrap.level)} interval`, 'p', 'n'];
  const measured = Object.entries(statistics).filter(([name, { a, b }]) => name !== OF_LABEL_SCORES || a.n + b.n > 0);
  return fitted([header, ...measured.map(([name, change]) => statisticLine(name, change))]);
}

function statisticLine(name: string, { a, b, difference, p_value }: Change): string[] {
  const { title, percent } = titleOf(name);
  return [
    title,
    valueText(a.value, percent),
    valueText(b.value, percent),
    valueText(difference.value, percent),
    intervalText(difference.low, difference.high, percent),
    p_value === null ? '-' : pText(p_value),
    countText(difference.n),
  ];
}

function pText(p: number): string {
  return p < 0.001 ? '<0.001' : decimalText(p);
}

function sliceLines({ by, slices, left_out }: Comparison['slices'][number], { rows, bootstrap }: Comparison): string[] {
  if (slices.length === 0) return [];
  const header = [
    `by ${shortened(by, VALUE_WIDTH - 3)}`,
    'rows',
    'flipped',
    'A',
    'B',
    `${levelText(bootstrap.level)} of B - A`,
    'p',
  ];
  const notes = [cutNote(slices.length, left_out), overlapNote(by, slices, rows, 'rows')].filter(
    (note) => note !== undefined,
  );
  return [...fitted([header, ...slices.map(sliceLine)]), ...notes.flatMap(wrapped)];
}

function sliceLine({ value, rows, flipped_pairs, statistics }: ComparedSlice): string[] {
  const { a, b, difference, p_value } = statistics.pairwise_accuracy;
  return [
    value === null ? '(none)' : shortened(value, VALUE_WIDTH),
    countText(rows),
    valueText(flipped_pairs.value, true),
    valueText(a.value, true),
    valueText(b.value, true),
    intervalText(difference.low, difference.high, true),
    p_value === null ? '-' : pText(p_value),
  ];
}

function flippedLines(rows: readonly FlippedRow[]): string[] {
  if (rows.length === 0) return [];
  const line = ({ name, flipped, pairs, gained }: FlippedRow) => [
    shortened(name, NAME_WIDTH),
    `${flipped} of ${pairs}`,
    `${gained > 0 ? '+' : ''}${gained}`,
  ];
  return fitted([[flippedTitle(rows.length), 'pairs', 'gained'], ...rows.slice(0, FLIPPED_SHOWN).map(line)]);
}

function flippedTitle(known: number): string {
  if (known <= FLIPPED_SHOWN) return 'rows that flipped';
  return `top ${FLIPPED_SHOWN} of ${known === FLIPPED_KNOWN ? 'at least ' : ''}${known} rows that flipped`;
}

function notes(comparison: Comparison): string[] {
  const { rows, rows_compared, comparisons, clusters, bootstrap, permutations } = comparison;
  const basis =
    `Rows in both: ${countText(rows)}, ${countText(rows_compared)} with different labels: ${counted(comparisons, 'comparison')}, ` +
    `${counted(clusters, 'prompt')}.`;
  const how =
    `Intervals: paired, ${levelText(bootstrap.level)}, bootstrap over prompts, ${countText(bootstrap.resamples)} resamples, seed ${bootstrap.seed}. ` +
    `p: permutation test, the two runs swapped by prompt ${countText(permutations)} times.`;
  const unpaired = [
    errorsNote(comparison.rows_with_errors),
    unpairedNote('only in A', comparison.only_a),
    unpairedNote('only in B', comparison.only_b),
    unpairedNote('with other answers or labels in B', comparison.different),
  ];
  const changed = comparison.scored_by_notes ?? [];
  return [
    ...changed,
    basis,
    ...(rows_compared === 0 ? [] : [how, DASH_LEGEND]),
    ...unpaired.filter((note) => note !== undefined),
  ];
}

function errorsNote({ a, b }: Comparison['rows_with_errors']): string | undefined {
  if (a + b === 0) return undefined;
  return `Left out, with an error in place of a ranking: ${counted(a, 'row')} in A, ${countText(b)} in B.`;
}

function unpairedNote(where: string, { rows, names }: Unpaired): string | undefined {
  if (rows === 0) return undefined;
  const shown = names.map((name) => shortened(name, NAME_WIDTH)).join(', ');
  const cut = rows > names.length ? `${names.length} of ${countText(rows)}: ` : '';
  return `Left out, ${where}: ${counted(rows, 'row')} (${cut}${shown}).`;
}
