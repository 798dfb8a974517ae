import type { PositionEffects } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import { commonest } from '../rows/commonest.js';
import type { ComparedRow, ComparedRows } from '../rows/compared-rows.js';

const NO_ROW = 'no row has a label for each of its answers';

/**
 * How often each slot of a row holds the best answer, by label and by reward: a share from 0 to 1. It is measured over the fully labelled
 * rows with the most common number k of answers. If the judge read the answers in the order of the file, a share far from 1 / k is a
 * position bias. GPT-4 gave Nectar's first slot 23 %.
 */
export function positionEffects(sample: Sample): PositionEffects {
  const k = commonest(fullyLabelled(sample.rows));
  const columns = Array.from({ length: k ?? 0 }, () => ({ label: sample.column(), reward: sample.column() }));
  const inOrder = sample.column();
  let rows = 0;
  for (const row of sample.rows) {
    if (row.answers !== k || row.labels.length !== k) continue;
    rows += 1;
    const unit = sample.unitOf[row.row];
    addFirsts(row, unit, columns);
    inOrder.add(unit, { sum: Number(isInOrder(row)), count: 1 });
  }
  return {
    k,
    rows,
    chance: k === null ? null : 1 / k,
    stored_best_first: sample.estimate(inOrder.ratio(NO_ROW)),
    slots: columns.map(({ label, reward }, position) => ({
      position,
      first_by_label: sample.estimate(label.ratio(NO_ROW)),
      first_by_reward: sample.estimate(reward.ratio(NO_ROW)),
    })),
  };
}

function* fullyLabelled(rows: ComparedRows): Generator<number> {
  for (const { answers, labels } of rows) if (labels.length === answers) yield answers;
}

function addFirsts(
  { labels, scores, positions }: ComparedRow,
  unit: number,
  columns: readonly Record<'label' | 'reward', SampleColumn>[],
): void {
  const byLabel = sharesOfFirst(labels.map((label) => -label));
  const byReward = sharesOfFirst(scores);
  positions.forEach((position, i) => {
    columns[position].label.add(unit, { sum: byLabel[i], count: 1 });
    columns[position].reward.add(unit, { sum: byReward[i], count: 1 });
  });
}

/** 1 for the greatest value, 0 for the others; equal greatest values share the 1. */
function sharesOfFirst(values: readonly number[]): number[] {
  const best = values.reduce((a, b) => Math.max(a, b));
  const firsts = values.filter((value) => value === best).length;
  return values.map((value) => (value === best ? 1 / firsts : 0));
}

/** Whether the labels never get better from one position to the next. */
function isInOrder({ labels, positions }: ComparedRow): boolean {
  const byPosition = labels
    .map((label, i) => ({ label, position: positions[i] }))
    .sort((a, b) => a.position - b.position);
  return byPosition.every(({ label }, i) => i === 0 || byPosition[i - 1].label <= label);
}
