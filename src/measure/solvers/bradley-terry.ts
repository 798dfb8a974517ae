import { solveInPlace } from './solve.js';

/** Comparisons of players, added up by pair: players i < j stand at `i * players + j`. */
export interface Contests {
  players: number;
  games: Float64Array;
  /** Those that i won; a tie is half a win. */
  wins: Float64Array;
}

/**
 * Strengths are taken to be normal with a standard deviation of 5 before anything is seen (odds of 150 to one): too wide to move a
 * player with a dozen games, but one who won all of them stays finite. 0.02 = 1 / (2 * 5^2).
 */
const PENALTY = 0.02;

const MOST_STEPS = 100;
/** Of log-odds in one step. Further out the quadratic is no guide. */
const LONGEST_STEP = 2;

/**
 * Strengths under which the outcomes are likeliest if P(i beats j) = sigmoid(strength i - strength j) ("Rank analysis of incomplete
 * block designs", Biometrika 39, 1952), less `PENALTY` times their squares; ties are half a win for each. Their mean is 0.
 * By Newton's method, from the strengths in `start`.
 *
 * @param precision of the strengths
 */
export function strengths(contests: Contests, start: Float64Array, precision: number): Float64Array {
  const found = start.slice();
  for (let taken = 0; taken < MOST_STEPS; taken++) {
    const step = newtonStep(contests, found);
    const longest = step.reduce((most, change) => Math.max(most, Math.abs(change)), 0);
    const scale = Math.min(1, LONGEST_STEP / longest);
    for (let i = 0; i < found.length; i++) found[i] += scale * step[i];
    if (longest <= precision) break;
  }
  return found;
}

function newtonStep({ players, games, wins }: Contests, at: Float64Array): Float64Array {
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
