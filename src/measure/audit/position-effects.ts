import type { PositionEffects } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import { commonest } from '../rows/commonest.js';
import type { ComparedRow, ComparedRows } from '../rows/compared-rows.js';

const NO_ROW = 'no row has a label for each of its answers';

/**
 * What share of the first places each slot has, by label and by reward, in rows of the commonest number of answers that are all
 * labelled. A judge that reads answers in the order of the file should give each 1 / k; GPT-4 gave Nectar's first slot 23 %.
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

/** 1 for the greatest value; several share it. */
function sharesOfFirst(values: readonly number[]): number[] {
  const best = values.reduce((a, b) => Math.max(a, b));
  const firsts = values.filter((value) => value === best).length;
  return values.map((value) => (value === best ? 1 / firsts : 0));
}

/** Whether no answer stands before one that is labelled better. */
function isInOrder({ labels, positions }: ComparedRow): boolean {
  const byPosition = labels
    .map((label, i) => ({ label, position: positions[i] }))
    .sort((a, b) => a.position - b.position);
  return byPosition.every(({ label }, i) => i === 0 || byPosition[i - 1].label <= label);
}
