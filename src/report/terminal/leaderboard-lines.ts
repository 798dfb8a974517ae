import type { Estimate, Evaluation, Leaderboard, LeaderboardEntry } from '../../contracts/agreement.js';
import { counted, countText, decimalText, levelText } from '../numbers.js';
import { intervalText } from '../titles.js';
import { fitted, shortened, wrapped } from './columns.js';

const SHOWN = 10;
const MOVERS = 3;
const NAME_WIDTH = 29;
/** The rank correlation of two models is 1 or -1 and says little. */
const FEWEST_MODELS = 3;

/** The top models by label with their rating by reward, the agreement of the two orders, and the models that surely move. */
export function leaderboardLines({ leaderboard, bootstrap }: Evaluation): string[] {
  const { models } = leaderboard;
  if (models.length < FEWEST_MODELS) return [];
  const interval = `${levelText(bootstrap.level)} interval`;
  const header = [titleOfBoard(models.length), 'rating', interval, 'by reward', 'moves', interval];
  const lines = fitted([header, ...models.slice(0, SHOWN).map(entryLine)]);
  return [
    ...lines,
    '',
    ...wrapped(
      [orders(leaderboard), movers(models), unrated(leaderboard), apart(leaderboard)].filter(Boolean).join(' '),
    ),
  ];
}

function titleOfBoard(models: number): string {
  return models > SHOWN ? `top ${SHOWN} of ${countText(models)} by label` : `${models} models by label`;
}

function unrated({ models, left_out }: Leaderboard): string {
  return left_out === 0
    ? ''
    : `Only the ${models.length} of ${countText(models.length + left_out)} models with the most answers are rated.`;
}

function entryLine({ model, labels, reward, moved }: LeaderboardEntry): string[] {
  return [
    shortened(model, NAME_WIDTH),
    wholeText(labels.rating.value),
    wholeInterval(labels.rating),
    wholeText(reward.rating.value),
    wholeText(moved.value),
    wholeInterval(moved),
  ];
}

/** Ratings and places are shown without a fraction. */
function wholeText(value: number | null): string {
  return value === null ? '-' : String(Math.round(value) + 0);
}

function wholeInterval({ low, high }: Estimate): string {
  return low === null || high === null ? '-' : `${wholeText(low)} to ${wholeText(high)}`;
}

function orders({ models, spearman }: Leaderboard): string {
  const { reward, length, difference } = spearman;
  if (reward.value === null || length.value === null || difference.value === null) return '';
  return (
    `The order of the ${countText(models.length)} models by reward has a Spearman correlation of ${decimalText(reward.value)}${inBrackets(reward)} ` +
    `with their order by label, that by length alone ${decimalText(length.value)}; ` +
    `the difference is ${decimalText(difference.value)}${inBrackets(difference)}.`
  );
}

function inBrackets({ low, high }: Estimate): string {
  return low === null ? '' : ` (${intervalText(low, high, false)})`;
}

/** The models whose interval excludes 0, the farthest first. */
function movers(models: readonly LeaderboardEntry[]): string {
  if (models.every(({ moved }) => moved.low === null)) return '';
  const sure = models.filter(({ moved }) => (moved.low ?? 0) > 0 || (moved.high ?? 0) < 0);
  const farthest = sure.toSorted((a, b) => Math.abs(b.moved.value ?? 0) - Math.abs(a.moved.value ?? 0));
  if (farthest.length === 0) return 'No model surely moves.';
  const moves = farthest.slice(0, MOVERS).map(({ model, moved }) => {
    const places = moved.value ?? 0;
    return `${shortened(model, NAME_WIDTH)} (${places > 0 ? '+' : ''}${wholeText(places)})`;
  });
  const cut = sure.length > MOVERS ? `the top ${MOVERS} of them ` : '';
  return `${counted(sure.length, 'model')} surely ${sure.length === 1 ? 'moves' : 'move'}: ${cut}${moves.join(', ')}.`;
}

function apart({ connected }: Leaderboard): string {
  return connected
    ? ''
    : 'Some models are not connected by comparisons, even indirectly: ratings across that gap mean nothing.';
}
