"""Expected values for test/measure/agreement-oracle.test.ts: calibration, margins, coverage, length control, leaderboard and positions
of the rankings in statistics.json, by statsmodels, choix and scipy and by plain loops.

    /tmp/oracle/bin/pip install choix==0.4.1   # beside what statistics.py names
    /tmp/oracle/bin/python test/oracles/agreement.py   # writes agreement.json beside itself
    npx biome format --write test/oracles/agreement.json

All values are computed twice: over all rankings, where label margins are those of ranks, and over the rankings with label scores for all
labels. statsmodels fits temperature and length control, choix fits the ratings, and scipy computes the correlations. The intervals follow
the docstrings of src/measure: one Newton step a resample for the regressions, here by numpy; one fit a resample for the ratings, here by a
separate Newton method.
"""

import importlib.util
import itertools
import json
import math
import pathlib

import choix
import numpy as np
import statsmodels.api as sm
from choix.opt import PairwiseFcts
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

FOLDER = pathlib.Path(__file__).parent
_spec = importlib.util.spec_from_file_location("oracle_statistics", FOLDER / "statistics.py")
base = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(base)


class Rows:
    """The compared rows, with only their labelled answers."""

    def __init__(self, rankings):
        self.rows = []
        for ranking in filter(base.is_compared, rankings):
            kept = base.kept(ranking)
            row = {key: [ranking[key][i] for i in kept] for key in ["scores", "labels", "lengths"]}
            row["label_scores"] = [ranking["label_scores"][i] for i in kept] if "label_scores" in ranking else None
            row["models"] = [ranking["models"][i] for i in kept] if "models" in ranking else [None] * len(kept)
            row["positions"] = kept
            row["answers"] = len(ranking["labels"])
            row["prompt_id"] = ranking["prompt_id"]
            self.rows.append(row)
        self.prompts = sorted({row["prompt_id"] for row in self.rows})
        resamples = base.draws(base.SEED, len(self.prompts))
        self.weights = np.array([np.bincount(drawn, minlength=len(self.prompts)) for drawn in resamples], float)

    def unit(self, row):
        return self.prompts.index(row["prompt_id"])

    def comparisons(self):
        """(row, better, worse)"""
        for row in self.rows:
            for i, j in itertools.permutations(range(len(row["labels"])), 2):
                if row["labels"][i] < row["labels"][j]:
                    yield row, i, j

    def ratio(self, items):
        """items: (row, sum, count)"""
        sums, counts = np.zeros(len(self.prompts)), np.zeros(len(self.prompts))
        for row, total, count in items:
            sums[self.unit(row)] += total
            counts[self.unit(row)] += count
        with np.errstate(invalid="ignore"):
            replicates = (self.weights @ sums) / (self.weights @ counts)
        return self.estimate(sums.sum() / counts.sum(), replicates, int((counts > 0).sum()), int(counts.sum()))

    def estimate(self, value, replicates, prompts, n):
        low, high = base.expanded_interval(list(replicates), prompts)
        return {"value": float(value), "low": low, "high": high, "n": int(n)}


def won(row, i, j):
    a, b = row["scores"][i], row["scores"][j]
    return 1.0 if a > b else 0.5 if a == b else 0.0


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# --- regressions ---


def one_step(rows, at, x, weights, units):
    """Coefficients in each resample, one Newton step from `at`. Each row of `x` has the terms of an outcome that occurred."""
    surprise = sigmoid(-(x @ at))
    gradients = (weights * surprise)[:, None] * x
    information = (weights * surprise * (1 - surprise))[:, None, None] * x[:, :, None] * x[:, None, :]
    member = np.zeros((len(rows.prompts), len(x)))
    member[units, np.arange(len(x))] = 1
    by_prompt = member @ gradients, np.tensordot(member, information, 1)
    return [at + np.linalg.solve(np.tensordot(w, by_prompt[1], 1), w @ by_prompt[0]) for w in rows.weights]


def temperature(rows):
    margins = np.array([row["scores"][i] - row["scores"][j] for row, i, j in rows.comparisons()])
    units = [rows.unit(row) for row, _, _ in rows.comparisons()]
    # Half of the pairs are reversed, because the regression needs both outcomes.
    flip = np.where(np.arange(len(margins)) % 2 == 0, 1, -1)
    fit = sm.Logit((flip > 0).astype(float), (margins * flip)[:, None]).fit(disp=0, method="newton", maxiter=100, tol=1e-14)
    slope = fit.params
    replicates = [1 / step[0] for step in one_step(rows, slope, margins[:, None], np.ones(len(margins)), units)]
    return rows.estimate(1 / slope[0], replicates, len(rows.prompts), len(margins))


def expected_error(rows, temperature):
    """Ten bins of confidence, from 0.5 to 1."""
    edges = np.linspace(0.5, 1, 11)
    found = []
    for row, i, j in rows.comparisons():
        confidence = float(sigmoid(abs(row["scores"][i] - row["scores"][j]) / temperature))
        found.append((rows.unit(row), min(9, int(np.searchsorted(edges, confidence, side="right")) - 1), won(row, i, j), confidence))
    gaps, counts = np.zeros((len(rows.prompts), 10)), np.zeros((len(rows.prompts), 10))
    for unit, b, right, confidence in found:
        gaps[unit, b] += right - confidence
        counts[unit, b] += 1
    error = lambda w: np.abs(w @ gaps).sum() / (w @ counts).sum()
    value = error(np.ones(len(rows.prompts)))
    replicates = [min(1, max(0, 2 * value - error(w))) for w in rows.weights]
    bins = []
    for b in range(10):
        inside = [one for one in found if one[1] == b]
        bins.append(
            {
                "confidence": float(np.mean([one[3] for one in inside])) if inside else None,
                "accuracy": float(np.mean([one[2] for one in inside])) if inside else None,
                "n": len(inside),
            }
        )
    return rows.estimate(value, replicates, int((counts > 0).sum(0).max()), len(found)), bins


def length_controlled(rows):
    pairs = list(rows.comparisons())
    differences = np.array([row["lengths"][i] - row["lengths"][j] for row, i, j in pairs], float)
    scale = math.sqrt((differences**2).mean())
    agrees, terms, weights, units = [], [], [], []
    for (row, i, j), difference in zip(pairs, differences):
        share = won(row, i, j)
        for outcome, weight, choice_longer_by in [(1, share, difference), (0, 1 - share, -difference)]:
            if weight > 0:
                agrees.append(outcome)
                terms.append([1.0, math.tanh(choice_longer_by / scale)])
                weights.append(weight)
                units.append(rows.unit(row))
    agrees, terms, weights = np.array(agrees), np.array(terms), np.array(weights)
    fit = sm.GLM(agrees, terms, family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-14, maxiter=200)
    came_true = np.where(agrees == 1, 1, -1)[:, None] * terms
    steps = one_step(rows, fit.params, came_true, weights, units)
    estimate = lambda value, replicates: rows.estimate(value, replicates, len(rows.prompts), len(pairs))
    return {
        "length_controlled_accuracy": estimate(sigmoid(fit.params[0]), [float(sigmoid(step[0])) for step in steps]),
        "length_effect": estimate(fit.params[1], [step[1] for step in steps]),
    }


def equal_length(rows):
    near = lambda a, b: abs(a - b) <= 0.1 * max(a, b)
    return rows.ratio((row, won(row, i, j), 1) for row, i, j in rows.comparisons() if near(row["lengths"][i], row["lengths"][j]))


# --- margins ---


def margin_bins(rows, margin_of):
    margins = sorted(margin_of(row, i, j) for row, i, j in rows.comparisons())
    distinct = sorted(set(margins))
    if len(distinct) > 10:
        distinct = sorted({margins[b * len(margins) // 10] for b in range(10)})
    bins = []
    for low, after in zip(distinct, [*distinct[1:], math.inf]):
        inside = [(row, i, j) for row, i, j in rows.comparisons() if low <= margin_of(row, i, j) < after]
        of_inside = [margin_of(*pair) for pair in inside]
        accuracy = rows.ratio((row, won(row, i, j), 1) for row, i, j in inside)
        bins.append({"low": low, "high": max(of_inside), "mean": float(np.mean(of_inside)), "accuracy": accuracy})
    return bins


def coverage(rows):
    margin_of = lambda row, i, j: abs(row["scores"][i] - row["scores"][j])
    margins = sorted((margin_of(*pair) for pair in rows.comparisons()), reverse=True)
    least = sorted({margins[-(-point * len(margins) // 20) - 1] for point in range(1, 21)}, reverse=True)
    points = []
    for margin in least:
        accuracy = rows.ratio((row, won(row, i, j), 1) for row, i, j in rows.comparisons() if margin_of(row, i, j) >= margin)
        points.append({"coverage": accuracy["n"] / len(margins), "margin": margin, "accuracy": accuracy})
    return points


# --- models ---


def meetings(rows):
    """(row, i, j, name of i, name of j) with i < j in the row and two known, different models."""
    for row in rows.rows:
        for i, j in itertools.combinations(range(len(row["labels"])), 2):
            a, b = row["models"][i], row["models"][j]
            if a is not None and b is not None and a != b:
                yield row, i, j, a, b


def preference(judge, row, i, j):
    """2 if the judge prefers i to j, 1 for a tie, 0 otherwise."""
    values = [-label for label in row["labels"]] if judge == "labels" else row[judge]
    return 2 if values[i] > values[j] else 1 if values[i] == values[j] else 0


def newton_ratings(wins):
    """wins[a, b]: how often a beat b; a tie is half. The objective is that of choix, less 0.02 times the squared strengths."""
    games = wins + wins.T
    at = np.zeros(len(wins))
    for _ in range(100):
        chance = sigmoid(at[:, None] - at[None, :])
        gradient = (wins - games * chance).sum(1) - 0.04 * at
        spread = games * chance * (1 - chance)
        step = np.linalg.solve(np.diag(spread.sum(1) + 0.04) - spread, gradient)
        at = at + step
        if np.abs(step).max() < 1e-12:
            return at
    raise RuntimeError("no convergence")


def leaderboard(rows):
    names = sorted({name for *_, a, b in meetings(rows) for name in (a, b)})
    number = {name: n for n, name in enumerate(names)}
    in_points = lambda strengths: 1000 + 400 / math.log(10) * np.asarray(strengths)
    games, prompts_of = np.zeros(len(names)), [set() for _ in names]
    for row, _, _, a, b in meetings(rows):
        for name in (a, b):
            games[number[name]] += 1
            prompts_of[number[name]].add(row["prompt_id"])
    points, replicates = {}, {}
    for judge in ["labels", "scores", "lengths"]:
        wins = np.zeros((len(rows.prompts), len(names), len(names)))
        data = []
        for row, i, j, a, b in meetings(rows):
            doubled = preference(judge, row, i, j)
            wins[rows.unit(row), number[a], number[b]] += doubled / 2
            wins[rows.unit(row), number[b], number[a]] += 1 - doubled / 2
            data += [(number[a], number[b])] * doubled + [(number[b], number[a])] * (2 - doubled)
        # Every meeting is counted twice, so that a tie is one win for each. So the penalty is doubled too.
        fitted = choix.opt_pairwise(len(names), data, alpha=0.04, method="Newton-CG", tol=1e-15, max_iter=1000)
        polished = newton_ratings(wins.sum(0))
        assert np.abs(fitted - polished).max() < 1e-7, "choix stops near"
        assert np.abs(PairwiseFcts(data, 0.04).gradient(polished)).max() < 1e-10, "where choix's own slope is nil"
        points[judge] = in_points(polished)
        replicates[judge] = [in_points(newton_ratings(np.tensordot(w, wins, 1))) for w in rows.weights]
    rank = lambda of: np.array([1 + (of > one).sum() for one in of])
    entries = {}
    for m, name in enumerate(names):
        estimate = lambda value, drawn: rows.estimate(value, drawn, len(prompts_of[m]), games[m])
        ranks = {judge: [rank(drawn)[m] for drawn in replicates[judge]] for judge in points}
        entries[name] = {
            **{judge: estimate(points[judge][m], [drawn[m] for drawn in replicates[judge]]) for judge in points},
            "rank": estimate(rank(points["scores"])[m], ranks["scores"]),
            "moved": estimate(
                rank(points["labels"])[m] - rank(points["scores"])[m],
                [a - b for a, b in zip(ranks["labels"], ranks["scores"])],
            ),
        }
    agreements = {}
    for key, correlate in [("spearman", stats.spearmanr), ("kendall_tau_b", stats.kendalltau)]:
        of = {
            judge: (
                float(correlate(points["labels"], points[judge]).statistic),
                [float(correlate(a, b).statistic) for a, b in zip(replicates["labels"], replicates[judge])],
            )
            for judge in ["scores", "lengths"]
        }
        estimate = lambda value, drawn: rows.estimate(value, drawn, len(rows.prompts), len(names))
        agreements[key] = {
            "reward": estimate(*of["scores"]),
            "length": estimate(*of["lengths"]),
            "difference": estimate(of["scores"][0] - of["lengths"][0], [a - b for a, b in zip(of["scores"][1], of["lengths"][1])]),
        }
    return {"models": entries, **agreements}


def misordered(rows):
    found = {}
    for row, i, j in rows.comparisons():
        a, b = row["models"][i], row["models"][j]
        if a is None or b is None or a == b:
            continue
        first = min(a, b)
        one = found.setdefault(f"{first} {max(a, b)}", {"items": [], "labels": 0, "reward": 0.0})
        one["items"].append((row, 1 - won(row, i, j), 1))
        one["labels"] += a == first
        one["reward"] += won(row, i, j) if a == first else 1 - won(row, i, j)
    low = lambda one: proportion_confint(sum(item[1] for item in one["items"]), len(one["items"]), method="wilson")[0]
    # An interval needs at least six prompts.
    enough = [key for key in found if len({row["prompt_id"] for row, *_ in found[key]["items"]}) >= 6]
    # 1.96 instead of the exact quantile does not change the order of lower ends that differ by more than this.
    likeliest = sorted(enough, key=lambda key: (-round(low(found[key]), 9), key))[:20]
    share = {key: rows.ratio(found[key]["items"]) for key in likeliest}
    order = sorted(likeliest, key=lambda key: (-share[key]["low"], -share[key]["value"]))
    return {
        "of": len(found),
        "with_interval": len(enough),
        "pairs": {
            key: {
                "labels_prefer_first": found[key]["labels"] / len(found[key]["items"]),
                "reward_prefers_first": found[key]["reward"] / len(found[key]["items"]),
                "share": sum(item[1] for item in found[key]["items"]) / len(found[key]["items"]),
                "n": len(found[key]["items"]),
            }
            for key in order
        },
    }


# --- positions and ranks ---


def commonest(numbers):
    return max(set(numbers), key=lambda number: (numbers.count(number), number))


def positions(rows):
    full = [row for row in rows.rows if len(row["labels"]) == row["answers"]]
    k = commonest([row["answers"] for row in full])
    full = [row for row in full if row["answers"] == k]
    share = lambda values, i: (values[i] == max(values)) / values.count(max(values))
    return {
        "k": k,
        "rows": len(full),
        "stored_best_first": rows.ratio((row, row["labels"] == sorted(row["labels"]), 1) for row in full),
        "label": [rows.ratio((row, share([-x for x in row["labels"]], i), 1) for row in full) for i in range(k)],
        "reward": [rows.ratio((row, share(row["scores"], i), 1) for row in full) for i in range(k)],
    }


def confusion(rows):
    k = commonest([len(row["labels"]) for row in rows.rows])
    counts = np.zeros((k, k), int)
    for row in rows.rows:
        if len(row["labels"]) == k:
            by_reward = stats.rankdata([-score for score in row["scores"]], method="min")
            by_label = stats.rankdata(row["labels"], method="min")
            np.add.at(counts, (by_reward.astype(int) - 1, by_label.astype(int) - 1), 1)
    return {"k": k, "counts": counts.tolist()}


def length_reward(rows):
    items = []
    for row in rows.rows:
        if len(set(row["scores"])) > 1 and len(set(row["lengths"])) > 1:
            items.append((row, float(stats.spearmanr(row["scores"], row["lengths"]).statistic), 1))
    return rows.ratio(items)


def expected(rankings, unit):
    rows = Rows(rankings)
    label_margin = lambda row, i, j: abs(row[unit][i] - row[unit][j])
    fitted = temperature(rows)
    error, bins = expected_error(rows, fitted["value"])
    return {
        "temperature": fitted,
        "expected_error": error,
        "expected_error_unscaled": expected_error(rows, 1)[0],
        "bins": bins,
        **length_controlled(rows),
        "equal_length_accuracy": equal_length(rows),
        "by_score_margin": margin_bins(rows, lambda row, i, j: abs(row["scores"][i] - row["scores"][j])),
        "by_label_margin": margin_bins(rows, label_margin),
        "coverage": coverage(rows),
        "leaderboard": leaderboard(rows),
        "misordered": misordered(rows),
        "positions": positions(rows),
        "confusion": confusion(rows),
        "length_reward": length_reward(rows),
    }


def main():
    rankings = json.loads((FOLDER / "statistics.json").read_text())["rankings"]
    is_scored = lambda one: "label_scores" in one and all(one["label_scores"][i] is not None for i in base.kept(one))
    result = {
        "all": expected(rankings, "labels"),
        "scored": expected([one for one in rankings if is_scored(one)], "label_scores"),
    }
    (FOLDER / "agreement.json").write_text(json.dumps(result, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
