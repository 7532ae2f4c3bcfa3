"""Values of the Coq definitions on twenty small graphs: `make formal` computes and keeps them, a test compares ours."""

import json
import re
from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from tests.reliability.record import RECORDS

KEPT = RECORDS / "formal_values.json"
NAMES = ("alpha", "alphaT", "tau", "spectral_loss", "mse", "error", "ballot_error", "zero_shot_error")
QUESTION = """From Coq Require Import ZArith QArith.
From mathcomp Require Import all_ssreflect.
From Pairbounds Require Import Integers Place Values.
Open Scope Z_scope.
"""


def examples() -> list[dict[str, Any]]:
    """Twenty graphs in small integers, with embeddings and their probes: disconnected, tied, of rank 1, and others."""
    rng, found = np.random.default_rng(0), []
    while len(found) < 20:
        n, m, k, r = rng.integers(3, 6), rng.integers(2, 5), rng.integers(1, 3), rng.integers(2, 4)
        weights, kind = rng.integers(0, 4, (n, m)), len(found) % 4
        if kind == 0:
            weights[: n // 2, m // 2 :] = weights[n // 2 :, : m // 2] = 0
        elif kind == 1:
            weights[1] = weights[0]
        elif kind == 2:
            weights = np.outer(rng.integers(1, 4, n), rng.integers(1, 4, m))
        y, z = np.arange(n) % r, np.arange(m) % r
        f, g = rng.integers(-2, 3, (n, k)), rng.integers(-2, 3, (m, k))
        f[1] = f[0]
        p = weights.sum(axis=1)
        if p.min() > 0 and weights.sum(axis=0).min() > 0 and round(np.linalg.det((f.T * p) @ f)):
            probe = _solved((f.T * p) @ f, (f.T * p) @ np.eye(r, dtype=int)[y])
            over = lcm(*(entry.denominator for row in probe for entry in row))
            lists = {"weights": weights, "labels": y, "right_labels": z, "f": f, "g": g}
            record = {name: array.tolist() for name, array in lists.items()}
            found.append({**record, "probe": [[int(entry * over) for entry in row] for row in probe], "over": over})
    return found


def _solved(matrix: Any, right: Any) -> list[list[Fraction]]:
    """The solution of a system in integers, of one or two unknowns, by Cramer's rule."""
    if len(matrix) == 1:
        return [[Fraction(int(b), int(matrix[0, 0])) for b in right[0]]]
    (a, b), (c, d) = matrix.tolist()
    pairs, over = list(zip(*right.tolist(), strict=True)), a * d - b * c
    return [[Fraction(d * s - b * t, over) for s, t in pairs], [Fraction(a * t - c * s, over) for s, t in pairs]]


def computed(coq: Callable[[str], str]) -> list[dict[str, Any]]:
    """The examples with the values that Coq, a function from a file's text to what it prints, computes."""
    found = examples()
    answers = coq(QUESTION + "\n".join(map(_question, found)) + "\n").split("= ")[1:]
    for example, answer in zip(found, answers, strict=True):
        pairs = re.findall(r"\(\s*\(?(-?\d+)\)?,\s*(\d+)\s*\)", answer)
        values = [str(Fraction(int(num), int(den))) for num, den in pairs]
        classes = max(example["labels"]) + 1
        example["values"] = dict(zip(NAMES, values, strict=False))
        example["mass"], example["consistency"] = values[len(NAMES) :][:classes], values[len(NAMES) + classes :]
    return found


def keep(found: list[dict[str, Any]]) -> None:
    """Write the values where the test finds them."""
    KEPT.write_text("[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n", encoding="utf-8")


def _question(example: dict[str, Any]) -> str:
    weights, labels = example["weights"], example["labels"]
    graph = f"Problem {len(weights)} {len(weights[0])} {_coq(weights)} {_coq(labels, '%nat')} {max(labels)}"
    matrices = " ".join(_coq(example[name]) for name in ("f", "g", "probe"))
    labels_and_width = f"{_coq(example['right_labels'], '%nat')} {len(example['f'][0])}"
    embedding = f"Embedding {labels_and_width} {matrices} {example['over']}"
    return f"Eval vm_compute in [seq (Qnum q, Zpos (Qden q)) | q <- values ({graph}) ({embedding})]."


def _coq(nested: Any, scope: str = "") -> str:
    if isinstance(nested, list):
        return "[:: " + "; ".join(_coq(each, scope) for each in nested) + "]"
    return f"({nested}){scope}"
