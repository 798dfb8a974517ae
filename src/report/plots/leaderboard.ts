import type { LeaderboardEntry } from '../../contracts/agreement.js';
import { horizontalAxis } from './axes.js';
import { type Marked, marked, withInterval } from './marks.js';
import type { Layer, Spec } from './render.js';
import { roundScale, type Scale } from './scale.js';
import { shortNames } from './short-names.js';
import { INK, LINE, MUTED, plot, REWARD, WIDTH } from './theme.js';

const ROW = 19;
const NAMES = 164;
const GAP = 8;
const MOVES = 40;

type At = { y: number };

/**
 * The models, best by label first: rating by label and by reward, and the places that each moves between the two orders.
 * @param all models that determine the scale, so that plots of parts of them share it
 */
export function leaderboardPlot(models: readonly LeaderboardEntry[], all = models): Spec {
  const [byLabel, byReward] = [byLabelOf(models), byRewardOf(models)];
  const scale = ratingScale([...byLabelOf(all), ...byRewardOf(all)]);
  const encoding: Spec['encoding'] = {
    x: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: scale.domain, nice: false, clamp: true },
      axis: {
        ...horizontalAxis('rating', scale.ticks, 'number'),
        orient: 'top',
        grid: true,
        titleY: -24,
        domain: false,
        ticks: false,
      },
    },
    y: { field: 'y', type: 'quantitative', scale: { domain: [models.length, 0], nice: false }, axis: null },
  };
  const frame = { height: models.length * ROW, left: NAMES, right: MOVES, top: 42, bottom: 6 };
  return plot(frame, encoding, [
    stripes(models.length),
    ...standing(byLabel, INK, 'diamond'),
    ...standing(byReward, REWARD, 'circle'),
    names(models),
    moves(models),
  ]);
}

function byLabelOf(models: readonly LeaderboardEntry[]): Marked<At>[] {
  return marked(
    models,
    ({ labels }) => labels.rating,
    (_, i) => ({ y: i + 0.32 }),
  );
}

function byRewardOf(models: readonly LeaderboardEntry[]): Marked<At>[] {
  return marked(
    models,
    ({ reward }) => reward.rating,
    (_, i) => ({ y: i + 0.68 }),
  );
}

/** A scale of all ratings. Long intervals, as of a model that always wins, are cut so that they do not squeeze the ratings. */
function ratingScale(points: readonly Marked<At>[]): Scale {
  const values = points.map(({ value }) => value);
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  const room = (greatest - least) / 2;
  const within = (end: number) => Math.min(greatest + room, Math.max(least - room, end));
  const ends = points.flatMap(({ low, high }) => [low, high].filter((end) => end !== null));
  return roundScale([...values, ...ends.map(within)], 3);
}

/** Shades every other line, which guides the eye. */
function stripes(count: number): Layer {
  return {
    data: { values: Array.from({ length: Math.ceil(count / 2) }, (_, i) => ({ y: 2 * i, to: 2 * i + 1 })) },
    mark: { type: 'rect', color: LINE, opacity: 0.35 },
    encoding: { x: { value: -NAMES }, x2: { value: WIDTH - NAMES }, y2: { field: 'to' } },
  };
}

function standing(points: readonly Marked<At>[], color: string, shape: string): Layer[] {
  return [
    {
      data: { values: withInterval(points) },
      mark: { type: 'rule', color, strokeWidth: 1.3 },
      encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } },
    },
    { data: { values: [...points] }, mark: { type: 'point', color, shape, size: 34 } },
  ];
}

function names(models: readonly LeaderboardEntry[]): Layer {
  const short = shortNames(
    models.map(({ model }) => model),
    NAMES - GAP,
  );
  return {
    data: { values: short.map((text, i) => ({ y: i + 0.5, text })) },
    mark: { type: 'text', align: 'right', baseline: 'middle' },
    encoding: { x: { value: -GAP }, text: { field: 'text' } },
  };
}

function moves(models: readonly LeaderboardEntry[]): Layer {
  return {
    data: { values: models.map(({ moved }, i) => ({ y: i + 0.5, text: moveText(moved.value) })) },
    mark: { type: 'text', align: 'right', baseline: 'middle', color: MUTED },
    encoding: { x: { value: WIDTH - NAMES - 6 }, text: { field: 'text' } },
  };
}

/** `▲ 3` for three places up. */
function moveText(places: number | null): string {
  if (places === null) return '';
  if (places === 0) return '=';
  return places > 0 ? `▲ ${places}` : `▼ ${-places}`;
}
