"""Expected values for test/measure/oracle.test.ts: statistics of 200 random rankings by scipy, scikit-learn and statsmodels and by plain
loops, and their bootstrap by brute force.

    python3 -m venv /tmp/oracle
    /tmp/oracle/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 statsmodels==0.15.0
    /tmp/oracle/bin/python test/oracles/statistics.py   # writes statistics.json beside itself
    npx biome format --write test/oracles/statistics.json

The rankings have ties in scores, labels, label scores and lengths; null labels, label scores and models; K from 2 to 20; rows with constant
scores, constant labels or no labels; prompts with one row and prompts with several. Only the definitions are shared with the TypeScript.
scipy computes tau-b, Spearman and Pearson, scikit-learn NDCG. The Plackett-Luce likelihood comes from the Cox regression of statsmodels
(labels as times) and, with tied labels, from a recursion over all sets of answers. Accuracies and top-1 are loops over pairs and picks. The
bootstrap adds the drawn rows one by one; the quantile is numpy's, Student's t is scipy's, and the generator follows its C source.
"""

import functools
import itertools
import json
import math
import pathlib
import warnings

import numpy as np
from scipy import stats
from sklearn.metrics import ndcg_score
from statsmodels.duration.hazard_regression import PHReg

SEED = 1
RESAMPLES = 1000
MASK = 0xFFFFFFFF
NAMES = [
    "pairwise_accuracy",
    "mean_pairwise_accuracy",
    "adjacent_accuracy",
    "kendall_tau_b",
    "spearman",
    "pearson",
    "top1",
    "ndcg",
    "plackett_luce_nll",
]
NOTHING = (0.0, 0)


# --- rankings ---


def random_labels(rng, kind, k):
    order = [int(rank) + 1 for rank in rng.permutation(k)]
    if kind == "ties":
        order = [float(rank) for rank in stats.rankdata(rng.integers(0, max(2, k // 2), k))]
    elif kind == "halves":
        order = [rank / 2 + 0.5 for rank in order]
    elif kind == "constant":
        order = [1] * k
    elif kind == "nulls":
        order = [None if rng.random() < 0.3 else rank for rank in order]
    elif kind == "one label":
        order = [order[0]] + [None] * (k - 1)
    elif kind == "none":
        order = [None] * k
    return order


def random_label_scores(rng, kind, labels):
    """Higher if the label is better, with noise as from a judge."""
    raw = [3 - 0.4 * (label or 3) + float(rng.normal(0, 0.5)) for label in labels]
    if kind == "constant":
        return [2.5] * len(labels)
    if kind == "nulls":
        return [None if rng.random() < 0.2 else round(score, 2) + 0.0 for score in raw]
    return [round(score, 0 if kind == "ties" else 3) + 0.0 for score in raw]


def random_scores(rng, kind, labels):
    noise = rng.normal(0, 4, len(labels))
    raw = [float(e) - 0.6 * (label or 3) for e, label in zip(noise, labels)]
    if kind == "constant":
        return [1.25] * len(labels)
    return [round(score, 0 if kind == "ties" else 4) + 0.0 for score in raw]


def random_models(rng, k):
    """Twelve models, with some answers without a model, and repeats within a row."""
    return [None if rng.random() < 0.1 else f"m{int(rng.integers(0, 12))}" for _ in range(k)]


def random_rankings(rng, rows):
    label_kinds = ["plain"] * 5 + ["ties"] * 4 + ["halves", "constant", "nulls", "nulls", "one label", "none"]
    score_kinds = ["plain"] * 5 + ["ties"] * 4 + ["constant"]
    label_score_kinds = ["plain"] * 4 + ["ties"] * 3 + ["constant", "nulls", "nulls", "none", "none"]
    for _ in range(rows):
        k = int(rng.choice([*range(2, 21), *[7] * 10]))
        labels = random_labels(rng, rng.choice(label_kinds), k)
        ranking = {
            "prompt_id": f"p{int(rng.integers(0, 140))}",
            "scores": random_scores(rng, rng.choice(score_kinds), labels),
            "labels": labels,
            "lengths": [int(n) for n in rng.choice([40, 80, 120, 500, 501, 2000], k)],
        }
        kind = rng.choice(label_score_kinds)
        if kind != "none":
            ranking["label_scores"] = random_label_scores(rng, kind, labels)
        if rng.random() < 0.9:
            ranking["models"] = random_models(rng, k)
        yield ranking


# --- statistics of one row: (sum, count) ---


def accuracy(scores, labels, may_compare):
    total, count = 0.0, 0
    for i, j in itertools.permutations(range(len(labels)), 2):
        if labels[i] < labels[j] and may_compare(labels[i], labels[j]):
            count += 1
            total += 1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0
    return total, count


def pearson(scores, label_scores):
    if None in label_scores or len(set(scores)) == 1 or len(set(label_scores)) == 1:
        return NOTHING
    return float(stats.pearsonr(scores, label_scores).statistic), 1


def chance_to_precede(scores, below):
    """Probability that all of `scores` are drawn, in any order, before any of `below`: a recursion on the first draw, over all sets."""
    odds, rest = [math.exp(score) for score in scores], math.fsum(math.exp(score) for score in below)

    @functools.cache
    def chance(left):
        total = math.fsum(odds[i] for i in left) + rest
        return math.fsum(odds[i] / total * chance(left - {i}) for i in left) if left else 1.0

    return chance(frozenset(range(len(scores))))


def nats(scores, labels):
    """
    Plackett-Luce NLL of the labels, in nats. Without ties this is Cox's negative partial log-likelihood, with labels as times of death
    and scores as log hazard ratios.
    """
    result = 0.0
    for label in sorted(set(labels)):
        below = [score for score, other in zip(scores, labels) if other > label]
        if below:
            result -= math.log(chance_to_precede([s for s, other in zip(scores, labels) if other == label], below))
    if len(set(labels)) == len(labels):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = PHReg(np.array(labels, float), np.array(scores, float)[:, None])
            assert abs(result + float(model.loglike([1.0]))) < 1e-11
    return result


def row_values(scores, labels, label_scores, log_odds):
    nothing_between = lambda a, b: not any(a < label < b for label in labels)
    best = [i for i, score in enumerate(scores) if score == max(scores)]
    pairs = accuracy(scores, labels, lambda a, b: True)
    gains = [sum(other > label for other in labels) for label in labels]
    values = {
        "pairwise_accuracy": pairs,
        "mean_pairwise_accuracy": (pairs[0] / pairs[1], 1),
        "adjacent_accuracy": accuracy(scores, labels, nothing_between),
        "pearson": pearson(scores, label_scores),
        "top1": (sum(labels[i] == min(labels) for i in best) / len(best), 1),
        "ndcg": (float(ndcg_score([gains], [scores])), 1),
        "plackett_luce_nll": (nats(scores, labels), 1) if log_odds else NOTHING,
        "kendall_tau_b": NOTHING,
        "spearman": NOTHING,
    }
    if len(set(scores)) > 1:
        goodness = [-label for label in labels]
        values["kendall_tau_b"] = (float(stats.kendalltau(scores, goodness, variant="b").statistic), 1)
        values["spearman"] = (float(stats.spearmanr(scores, goodness).statistic), 1)
    return values


def is_compared(ranking):
    return len({label for label in ranking["labels"] if label is not None}) > 1


def kept(ranking):
    return [i for i, label in enumerate(ranking["labels"]) if label is not None]


def contributions(ranking, scores, log_odds=False):
    """Sum and count of each statistic; None for a row without two different labels, which enters no statistic."""
    if not is_compared(ranking):
        return None
    of_kept = lambda values: [values[i] for i in kept(ranking)]
    label_scores = ranking.get("label_scores") or [None] * len(scores)
    return row_values(of_kept(scores), of_kept(ranking["labels"]), of_kept(label_scores), log_odds)


# --- baselines ---


def model_means(rankings):
    """For each answer, the mean win share of its model under other prompts, or that of all answers under other prompts."""
    entries = []
    for ranking in filter(is_compared, rankings):
        labels = [ranking["labels"][i] for i in kept(ranking)]
        models = ranking.get("models") or [None] * len(ranking["labels"])
        for i in kept(ranking):
            mine = ranking["labels"][i]
            beaten = sum(1.0 if mine < other else 0.5 if mine == other else 0.0 for other in labels) - 0.5
            entries.append((ranking["prompt_id"], models[i], beaten / (len(labels) - 1)))

    def score(prompt_id, model):
        elsewhere = [(name, share) for prompt, name, share in entries if prompt != prompt_id]
        shares = [share for name, share in elsewhere if name == model] if model is not None else []
        return round(math.fsum(shares) / len(shares) if shares else math.fsum(s for _, s in elsewhere) / len(elsewhere), 12)

    return [
        [score(ranking["prompt_id"], model) for model in ranking.get("models") or [None] * len(ranking["labels"])]
        for ranking in rankings
    ]


# --- bootstrap ---


def splitmix32(seed):
    """A Weyl sequence through a two-round mixer of https://github.com/skeeto/hash-prospector."""
    while True:
        seed = (seed + 0x9E3779B9) & MASK
        z = seed
        z = ((z ^ (z >> 16)) * 0x21F0AAAD) & MASK
        z = ((z ^ (z >> 15)) * 0x735A2D97) & MASK
        yield z ^ (z >> 15)


def rotl(x, k):
    return ((x << k) | (x >> (32 - k))) & MASK


def xoshiro128starstar(s):
    """https://prng.di.unimi.it/xoshiro128starstar.c"""
    s = list(s)
    while True:
        yield (rotl((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 9) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)


def below(random, n):
    """As many low bits as n - 1 has, drawn again until the number is less than n."""
    while True:
        bits = next(random) & ((1 << (n - 1).bit_length()) - 1)
        if bits < n:
            return bits


def draws(seed, clusters):
    random = xoshiro128starstar(itertools.islice(splitmix32(seed), 4))
    return [[below(random, clusters) for _ in range(clusters)] for _ in range(RESAMPLES)]


def expanded_interval(replicates, n):
    """The percentile interval, widened so that for a mean of normal values it is Student's t interval."""
    tail = stats.norm.cdf(math.sqrt(n / (n - 1)) * stats.t.ppf(0.025, n - 1))
    defined = [value for value in replicates if value is not None and not math.isnan(value)]
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


def ratio(rows):
    total, count = 0.0, 0
    for row_sum, row_count in rows:
        total += row_sum
        count += row_count
    return total / count if count else None


class Measured:
    """One statistic of one scorer: value, n, replicates, and the number of prompts that contribute."""

    def __init__(self, prompt_ids, rows, resamples):
        clusters = {}
        for prompt_id, row in zip(prompt_ids, rows):
            clusters.setdefault(prompt_id, []).append(row)
        # Prompts are numbered in the order of their ids, independent of the order of their rows.
        clusters = [clusters[prompt_id] for prompt_id in sorted(clusters)]
        self.value = ratio(rows)
        self.n = sum(count for _, count in rows)
        self.replicates = [ratio([row for drawn in resample for row in clusters[drawn]]) for resample in resamples]
        self.prompts = sum(any(count for _, count in cluster) for cluster in clusters)


def estimate(measured):
    if measured.value is None:
        return {"value": None, "low": None, "high": None, "n": 0}
    low, high = expanded_interval(measured.replicates, measured.prompts)
    return {"value": measured.value, "low": low, "high": high, "n": measured.n}


def difference(a, b):
    if a.value is None or b.value is None:
        return {"value": None, "low": None, "high": None, "n": 0}
    replicates = [None if x is None or y is None else x - y for x, y in zip(a.replicates, b.replicates)]
    low, high = expanded_interval(replicates, min(a.prompts, b.prompts))
    return {"value": a.value - b.value, "low": low, "high": high, "n": min(a.n, b.n)}


def main():
    rankings = list(random_rankings(np.random.default_rng(20231121), 200))
    scores = {
        "reward": [ranking["scores"] for ranking in rankings],
        "length": [ranking["lengths"] for ranking in rankings],
        "model_mean": model_means(rankings),
        "position": [[-i for i in range(len(ranking["scores"]))] for ranking in rankings],
    }
    per_row = {
        scorer: [contributions(*pair, scorer == "reward") for pair in zip(rankings, of_rows)]
        for scorer, of_rows in scores.items()
    }
    compared = [i for i, ranking in enumerate(rankings) if is_compared(ranking)]
    prompt_ids = [rankings[i]["prompt_id"] for i in compared]
    resamples = draws(SEED, len(set(prompt_ids)))
    measured = {
        scorer: {name: Measured(prompt_ids, [values[i][name] for i in compared], resamples) for name in NAMES}
        for scorer, values in per_row.items()
    }
    random = xoshiro128starstar([1, 2, 3, 4])
    seeded = xoshiro128starstar(itertools.islice(splitmix32(SEED), 4))
    result = {
        "random": {"of_1_2_3_4": [next(random) for _ in range(10)], "of_seed_1": [next(seeded) for _ in range(10)]},
        "rows_compared": len(compared),
        "clusters": len(set(prompt_ids)),
        "first_resample": resamples[0],
        "pooled": {s: {name: estimate(measured[s][name]) for name in NAMES} for s in scores},
        "differences": {
            s: {name: difference(measured["reward"][name], measured[s][name]) for name in NAMES}
            for s in scores
            if s != "reward"
        },
        "per_row": {
            scorer: [values and [x for name in NAMES for x in values[name]] for values in per_row[scorer]]
            for scorer in ["reward", "length"]
        },
        "rankings": rankings,
    }
    path = pathlib.Path(__file__).with_name("statistics.json")
    path.write_text(json.dumps(result, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
