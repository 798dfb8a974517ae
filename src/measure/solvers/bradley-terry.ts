import { solveInPlace } from './solve.js';

/** Pairwise counts: those of players i < j are at `i * players + j`. */
export interface PairwiseCounts {
  players: number;
  games: Float64Array;
  /** Games that i won; a tie is half a win. */
  wins: Float64Array;
}

/**
 * Weight of the prior: normal strengths with a standard deviation of 5 log-odds (odds of 150 to one). That is too wide to move a player
 * with a dozen games, but keeps the strength of a player who won every game finite. 0.02 = 1 / (2 * 5^2).
 */
const PENALTY = 0.02;

const MOST_STEPS = 100;
/** Largest change of a strength in one step, in log-odds. The quadratic approximation is poor beyond it. */
const LONGEST_STEP = 2;

/**
 * Bradley-Terry strengths, in log-odds, with mean 0. They maximize the log-likelihood under P(i beats j) = sigmoid(strength i - strength j)
 * ("Rank analysis of incomplete block designs", Biometrika 39, 1952), less `PENALTY` times the sum of their squares. A tie is half a win
 * for each player. Newton's method, from the strengths in `start`.
 *
 * @param precision the fit ends when no strength changes by more
 * @returns one strength a player
 */
export function strengths(counts: PairwiseCounts, start: Float64Array, precision: number): Float64Array {
  const found = start.slice();
  for (let taken = 0; taken < MOST_STEPS; taken++) {
    const step = newtonStep(counts, found);
    const longest = step.reduce((most, change) => Math.max(most, Math.abs(change)), 0);
    const scale = Math.min(1, LONGEST_STEP / longest);
    for (let i = 0; i < found.length; i++) found[i] += scale * step[i];
    if (longest <= precision) break;
  }
  return found;
}

function newtonStep({ players, games, wins }: PairwiseCounts, at: Float64Array): Float64Array {
  const gradient = at.map((strength) => -2 * PENALTY * strength);
  const information = new Float64Array(players * players);
  for (let i = 0; i < players; i++) information[i * players + i] = 2 * PENALTY;
  for (let i = 0; i < players; i++) {
    for (let j = i + 1; j < players; j++) {
      const pair = i * players + j;
      if (games[pair] === 0) continue;
      const chance = 1 / (1 + Math.exp(at[j] - at[i]));
      const more = wins[pair] - games[pair] * chance;
      const spread = games[pair] * chance * (1 - chance);
      gradient[i] += more;
      gradient[j] -= more;
      information[i * players + i] += spread;
      information[j * players + j] += spread;
      information[j * players + i] -= spread;
    }
  }
  solveInPlace(information, gradient);
  return gradient;
}
