"""Expected values for test/measure/oracle.test.ts: statistics of 200 random rankings by scipy and by plain loops, and their bootstrap by brute force.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install numpy==2.4.6 scipy==1.17.1
    /tmp/oracle/bin/python test/oracles/statistics.py   # writes statistics.json beside itself
    npx biome format --write test/oracles/statistics.json

The rankings have ties in scores, labels and lengths, labels that are null, K from 2 to 20, rows with constant scores, constant labels or
no labels, prompts with one row and prompts with several. Nothing here follows the TypeScript but the definitions:
tau-b and Spearman come from scipy, accuracies and top-1 from loops over pairs and picks, the bootstrap adds the drawn rows one by one,
the quantile is numpy's, and the generator is written from its C source.
"""

import itertools
import json
import pathlib

import numpy as np
from scipy import stats

SEED = 1
RESAMPLES = 1000
MASK = 0xFFFFFFFF
NAMES = ["pairwise_accuracy", "adjacent_accuracy", "kendall_tau_b", "spearman", "top1"]


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


def random_scores(rng, kind, labels):
    noise = rng.normal(0, 4, len(labels))
    raw = [float(e) - 0.6 * (label or 3) for e, label in zip(noise, labels)]
    if kind == "constant":
        return [1.25] * len(labels)
    return [round(score, 0 if kind == "ties" else 4) + 0.0 for score in raw]


def random_rankings(rng, rows):
    label_kinds = ["plain"] * 5 + ["ties"] * 4 + ["halves", "constant", "nulls", "nulls", "one label", "none"]
    score_kinds = ["plain"] * 5 + ["ties"] * 4 + ["constant"]
    for _ in range(rows):
        k = int(rng.choice([*range(2, 21), *[7] * 10]))
        labels = random_labels(rng, rng.choice(label_kinds), k)
        yield {
            "prompt_id": f"p{int(rng.integers(0, 140))}",
            "scores": random_scores(rng, rng.choice(score_kinds), labels),
            "labels": labels,
            "lengths": [int(n) for n in rng.choice([40, 80, 120, 500, 501, 2000], k)],
        }


# --- statistics of one row: (sum, count) ---


def accuracy(scores, labels, may_compare):
    total, count = 0.0, 0
    for i, j in itertools.permutations(range(len(labels)), 2):
        if labels[i] < labels[j] and may_compare(labels[i], labels[j]):
            count += 1
            total += 1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0
    return total, count


def row_values(scores, labels):
    nothing_between = lambda a, b: not any(a < label < b for label in labels)
    best = [i for i, score in enumerate(scores) if score == max(scores)]
    values = {
        "pairwise_accuracy": accuracy(scores, labels, lambda a, b: True),
        "adjacent_accuracy": accuracy(scores, labels, nothing_between),
        "top1": (sum(labels[i] == min(labels) for i in best) / len(best), 1),
        "kendall_tau_b": (0.0, 0),
        "spearman": (0.0, 0),
    }
    if len(set(scores)) > 1:
        goodness = [-label for label in labels]
        values["kendall_tau_b"] = (float(stats.kendalltau(scores, goodness, variant="b").statistic), 1)
        values["spearman"] = (float(stats.spearmanr(scores, goodness).statistic), 1)
    return values


def contributions(ranking, scores):
    """None for a row without two different labels: it enters no statistic."""
    kept = [i for i, label in enumerate(ranking["labels"]) if label is not None]
    labels = [ranking["labels"][i] for i in kept]
    return row_values([scores[i] for i in kept], labels) if len(set(labels)) > 1 else None


# --- bootstrap ---


def splitmix32(seed):
    """A Weyl step, then a two-round mixer of https://github.com/skeeto/hash-prospector."""
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
    """As many low bits as n - 1 has, drawn again until they are less than n."""
    while True:
        bits = next(random) & ((1 << (n - 1).bit_length()) - 1)
        if bits < n:
            return bits


def draws(seed, clusters):
    random = xoshiro128starstar(itertools.islice(splitmix32(seed), 4))
    return [[below(random, clusters) for _ in range(clusters)] for _ in range(RESAMPLES)]


def ratio(rows):
    total, count = 0.0, 0
    for row_sum, row_count in rows:
        total += row_sum
        count += row_count
    return total / count if count else None


def estimate(prompt_ids, rows, resamples):
    clusters = {}
    for prompt_id, row in zip(prompt_ids, rows):
        clusters.setdefault(prompt_id, []).append(row)
    clusters = list(clusters.values())
    replicates = [ratio([row for drawn in resample for row in clusters[drawn]]) for resample in resamples]
    low, high = np.quantile([value for value in replicates if value is not None], [0.025, 0.975])
    return {"value": ratio(rows), "low": float(low), "high": float(high), "n": sum(count for _, count in rows)}


def main():
    rankings = list(random_rankings(np.random.default_rng(20231121), 200))
    per_row = {
        "reward": [contributions(ranking, ranking["scores"]) for ranking in rankings],
        "length": [contributions(ranking, ranking["lengths"]) for ranking in rankings],
    }
    compared = [i for i, values in enumerate(per_row["reward"]) if values is not None]
    prompt_ids = [rankings[i]["prompt_id"] for i in compared]
    resamples = draws(SEED, len(set(prompt_ids)))
    pooled = {
        scorer: {name: estimate(prompt_ids, [values[i][name] for i in compared], resamples) for name in NAMES}
        for scorer, values in per_row.items()
    }
    random = xoshiro128starstar([1, 2, 3, 4])
    seeded = xoshiro128starstar(itertools.islice(splitmix32(SEED), 4))
    result = {
        "random": {"of_1_2_3_4": [next(random) for _ in range(10)], "of_seed_1": [next(seeded) for _ in range(10)]},
        "rows_compared": len(compared),
        "clusters": len(set(prompt_ids)),
        "first_resample": resamples[0],
        "pooled": pooled,
        "per_row": {
            scorer: [values and [x for name in NAMES for x in values[name]] for values in rows]
            for scorer, rows in per_row.items()
        },
        "rankings": rankings,
    }
    path = pathlib.Path(__file__).with_name("statistics.json")
    path.write_text(json.dumps(result, allow_nan=False) + "\n")


main()
