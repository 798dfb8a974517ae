"""Expected values for test/export/oracle.test.ts: what `export` takes of 200 random rows, by brute force.

    python3 test/oracles/export.py   # writes export.json.gz beside itself; needs no packages

The rows have 1 to 20 answers, ties in scores, labels and label scores, missing labels, label scores that contradict the labels, repeated
texts, refusals and truncated answers. Only the definitions are shared with the TypeScript: every pair of answers is looked at in both
orders, and sums are loops.
"""

import gzip
import hashlib
import json
import math
import pathlib
import random

ROWS = 200
MOST = 20
SEED = 7
REFUSAL = "I'm sorry, but I can't assist with that."
WORDS = ["yes", "no", "perhaps", "it depends", "ask a friend", "six", "half of it", "by train", "in the evening", "twice"]

CASES = [
    {"rankBy": "reward", "pairs": "best-worst", "drop": []},
    {"rankBy": "reward", "pairs": "all", "drop": []},
    {"rankBy": "reward", "pairs": "adjacent", "drop": ["truncated"]},
    {"rankBy": "reward", "pairs": "all", "drop": ["equal", "refusals"], "maxPerRow": 3},
    {"rankBy": "reward", "pairs": "random", "drop": [], "maxPerRow": 2},
    {"rankBy": "reward", "pairs": "all", "drop": [], "minMargin": 0.75, "maxLengthRatio": 2},
    {"rankBy": "label", "pairs": "best-worst", "drop": ["equal"]},
    {"rankBy": "label", "pairs": "all", "drop": []},
    {"rankBy": "label", "pairs": "adjacent", "drop": [], "maxPerRow": 4},
    {"rankBy": "label", "pairs": "random", "drop": ["truncated", "equal", "refusals"]},
    {"rankBy": "label", "pairs": "all", "drop": [], "minMargin": 2},
]


def random_row(rng, index):
    k = rng.randint(1, MOST)
    texts = [REFUSAL if rng.random() < 0.1 else " ".join(rng.choices(WORDS, k=rng.randint(1, 4))) for _ in range(k)]
    scores = [round(rng.gauss(0, 1), rng.choice([0, 1, 5])) + 0.0 for _ in range(k)]
    kind = rng.choice(["none", "ranks", "ties", "missing", "scores", "scores with gaps", "contradiction"])
    labels, label_scores = None, None
    if kind != "none":
        qualities = [rng.randint(0, k) if kind != "ranks" else i for i in range(k)]
        rng.shuffle(qualities)
        labels = [1 + sum(other > quality for other in qualities) for quality in qualities]
        if kind in ("scores", "scores with gaps"):
            label_scores = [quality / 4 for quality in qualities]
        if kind == "contradiction":
            label_scores = [-quality / 4 for quality in qualities]
        if kind == "missing":
            labels = [None if rng.random() < 0.3 else label for label in labels]
        if kind == "scores with gaps":
            label_scores = [None if rng.random() < 0.2 else score for score in label_scores]
    truncated = [i for i in range(k) if rng.random() < 0.1]
    row = {"index": index, "scores": [0.0 if s == 0 else s for s in scores], "texts": texts, "truncated": truncated}
    if labels is not None and any(label is not None for label in labels):
        row["labels"] = labels
        if label_scores is not None and any(score is not None for score in label_scores):
            row["label_scores"] = label_scores
    return row


def values_of(row, rank_by):
    k = len(row["scores"])
    if rank_by == "reward":
        return list(row["scores"])
    labels = row.get("labels")
    if labels is None:
        return [None] * k
    scores = row.get("label_scores")
    if scores is not None and all((label is None) == (score is None) for label, score in zip(labels, scores)):
        labelled = [i for i in range(k) if labels[i] is not None]
        agree = all((labels[i] < labels[j]) == (scores[i] > scores[j]) for i in labelled for j in labelled)
        if agree:
            return list(scores)
    return [None if label is None else -label for label in labels]


def left_answers(row, case, counts):
    values = values_of(row, case["rankBy"])
    left = []
    for i, value in enumerate(values):
        if value is None:
            counts["unlabelled"] = counts.get("unlabelled", 0) + 1
        elif "truncated" in case["drop"] and i in row["truncated"]:
            counts["truncated"] = counts.get("truncated", 0) + 1
        elif "refusals" in case["drop"] and row["texts"][i] == REFUSAL:
            counts["refusals"] = counts.get("refusals", 0) + 1
        else:
            left.append(i)
    # A repeat of a text stays only if no better answer, and no earlier one of equal value, has that text.
    if "equal" in case["drop"]:
        repeats = [
            i
            for i in left
            if any(
                row["texts"][j] == row["texts"][i] and (values[j] > values[i] or (values[j] == values[i] and j < i))
                for j in left
            )
        ]
        if repeats:
            counts["equal"] = counts.get("equal", 0) + len(repeats)
        left = [i for i in left if i not in repeats]
    return values, left


def before(values, i, j):
    """Whether answer i stands before answer j in the ranking."""
    return values[i] > values[j] or (values[i] == values[j] and i < j)


def drawn(name):
    digest = hashlib.sha256(f"{SEED}:{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


def pairs_of(row, case, values, left, counts):
    place = {i: sum(before(values, j, i) for j in left) for i in left}
    candidates = []
    for i in left:
        for j in left:
            if not before(values, i, j):
                continue
            if case["pairs"] == "best-worst" and (place[i] != 0 or place[j] != len(left) - 1):
                continue
            if values[i] == values[j]:
                counts["ties"] = counts.get("ties", 0) + 1
                continue
            if case["pairs"] == "adjacent" and any(values[i] > values[m] > values[j] for m in left):
                continue
            candidates.append((i, j, values[i] - values[j]))
    kept = []
    for i, j, margin in candidates:
        lengths = sorted([len(row["texts"][i]), len(row["texts"][j])])
        if margin < case.get("minMargin", 0):
            counts["min_margin"] = counts.get("min_margin", 0) + 1
        elif lengths[1] > case.get("maxLengthRatio", math.inf) * lengths[0]:
            counts["max_length_ratio"] = counts.get("max_length_ratio", 0) + 1
        else:
            kept.append((i, j, margin))
    in_order = lambda pair: (place[pair[0]], place[pair[1]])
    most = case.get("maxPerRow", 1 if case["pairs"] == "random" else None)
    if most is not None and len(kept) > most:
        counts["max_per_row"] = counts.get("max_per_row", 0) + len(kept) - most
        if case["pairs"] == "random":
            kept.sort(key=lambda pair: drawn(f"{row['index']}:{pair[0]}:{pair[1]}"))
        else:
            kept.sort(key=lambda pair: (-pair[2], in_order(pair)))
        kept = kept[:most]
    return sorted(kept, key=in_order)


def group_of(values, left):
    total = 0.0
    for i in left:
        total += values[i]
    n = len(left)
    baseline = total / n
    squares = 0.0
    for i in left:
        squares += (values[i] - baseline) ** 2
    deviation = math.sqrt(squares / (n - 1))
    rloo = []
    for i in left:
        others = [values[j] for j in left if j != i]
        rloo.append(values[i] - sum(others) / len(others))
    return {
        "baseline": baseline,
        "reward": [values[i] for i in left],
        "advantage": [values[i] - baseline for i in left],
        "rloo_advantage": rloo,
        "grpo_advantage": [(values[i] - baseline) / (deviation + 1e-4) for i in left],
    }


def expected_pairs(row, case, counts):
    values, left = left_answers(row, case, counts)
    if len(left) < 2:
        counts["few_answers"] = counts.get("few_answers", 0) + 1
        return []
    return pairs_of(row, case, values, left, counts)


def expected_list(row, case):
    values, left = left_answers(row, case, {})
    if len(left) < 2:
        return None
    left = sorted(left, key=lambda i: sum(before(values, j, i) for j in left))
    ranks = [1 + sum(values[j] > values[i] for j in left) for i in left]
    return {"positions": left, "ranks": ranks, **group_of(values, left)}


def main():
    rng = random.Random(SEED)
    rows = [random_row(rng, index) for index in range(ROWS)]
    cases = []
    for case in CASES:
        counts = {}
        cases.append({"choices": case, "pairs": [expected_pairs(row, case, counts) for row in rows], "counts": counts})
        # Lists depend on two of the choices only.
        if not any(all(case[key] == other[key] for key in ("rankBy", "drop")) for other in CASES[: len(cases) - 1]):
            cases[-1]["lists"] = [expected_list(row, case) for row in rows]
    text = json.dumps({"seed": SEED, "rows": rows, "cases": cases})
    path = pathlib.Path(__file__).with_name("export.json.gz")
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(path, path.stat().st_size, "bytes")


main()
