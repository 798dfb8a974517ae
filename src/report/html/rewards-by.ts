import type { Evaluation } from '../../contracts/agreement.js';
import { scoredByTexts } from '../scored-by.js';
import { html, type Markup } from './markup.js';

/** What scored the rankings; `undefined` where the evaluation does not have it. */
export function rewardsBy({ scored_by }: Evaluation): Markup | undefined {
  if (scored_by === undefined) return undefined;
  return html`rewards by ${scoredByTexts(scored_by).map((text, i) => html`${i === 0 ? '' : '; '}<bdi>${text}</bdi>`)}`;
}
