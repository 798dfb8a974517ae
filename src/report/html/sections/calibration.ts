import type { Calibration, Evaluation } from '../../../contracts/agreement.js';
import { countText } from '../../numbers.js';
import { calibrationPlot } from '../../plots/calibration.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { NOTHING, Reasons } from '../reasons.js';
import { estimateWords, numberWords } from '../words.js';

const TITLE = 'Calibration';

/** Whether the reward's choices are right as often as their probability says. */
export async function calibrationFigure({ calibration }: Evaluation, draw: DrawPlot): Promise<Markup> {
  const { temperature, expected_error, expected_error_unscaled, given, bins } = calibration;
  if (temperature.value === null || bins.length === 0) {
    return noFigure(TITLE, temperature.reason ?? 'no pair can be compared');
  }
  return figure(
    {
      id: 'calibration',
      title: TITLE,
      says:
        `With the maximum-likelihood T of ${estimateWords(temperature, 'number')} the expected calibration error is ` +
        `${estimateWords(expected_error, 'percent')}; with the rewards as they are (T = 1) it is ${estimateWords(expected_error_unscaled, 'percent')}.${givenText(given)}`,
      keys: [
        { mark: 'reward', text: 'reward, with interval' },
        { mark: 'dashed', text: 'calibrated' },
        { mark: 'bar', text: 'number of pairs' },
      ],
      spec: calibrationPlot(bins),
      how: 'The probability that one answer beats another is sigmoid(difference of rewards / T). Below the dashed line the reward is overconfident, above it underconfident.',
      table: tableOf(calibration),
    },
    draw,
  );
}

function givenText(given: Calibration['given']): string {
  if (given === undefined) return '';
  return ` With the given T of ${numberWords(given.temperature, 'number')} it is ${estimateWords(given.expected_error, 'percent')}.`;
}

function tableOf({ bins }: Calibration): Markup {
  const reasons = new Reasons();
  const rows = bins.map(({ low, high, confidence, accuracy }) => [
    `${numberWords(low, 'percent')} to ${numberWords(high, 'percent')}`,
    confidence === null ? NOTHING : numberWords(confidence, 'percent'),
    reasons.cell(accuracy, 'percent'),
    countText(accuracy.n),
  ]);
  const columns = ['probability', 'mean', 'confirmed', 'pairs'];
  return html`${dataTable({ label: TITLE, columns, rows })}${reasons.list}`;
}
