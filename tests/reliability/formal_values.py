"""Values of the Coq definitions on twenty small graphs: `make formal` computes and keeps them, a test compares ours.

The graphs are in the record, in small integers: disconnected, tied, of rank 1, and others. Each has an embedding, and
its probe as integers over one denominator.
"""

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.reliability.record import RECORDS

KEPT = RECORDS / "formal_values.json"
NAMES = ("alpha", "alphaT", "tau", "spectral_loss", "mse", "error", "ballot_error", "zero_shot_error")
QUESTION = """From Coq Require Import ZArith QArith.
From mathcomp Require Import all_ssreflect.
From Pairbounds Require Import Integers Place Values.
Open Scope Z_scope.
"""


def computed(coq: Callable[[str], str]) -> list[dict[str, Any]]:
    """Examples of the record with values by `coq`, a function from a file to its output."""
    questions: list[dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8"))
    answers = coq(QUESTION + "\n".join(map(_question, questions)) + "\n").split("= ")[1:]
    for example, answer in zip(questions, answers, strict=True):
        pairs = re.findall(r"\(\s*\(?(-?\d+)\)?,\s*(\d+)\s*\)", answer)
        values = [str(Fraction(int(num), int(den))) for num, den in pairs]
        classes = max(example["labels"]) + 1
        example["values"] = dict(zip(NAMES, values, strict=False))
        example["mass"], example["consistency"] = values[len(NAMES) :][:classes], values[len(NAMES) + classes :]
    return questions


def keep(questions: list[dict[str, Any]]) -> None:
    """Write the values to the file that the test reads."""
    KEPT.write_text("[\n" + ",\n".join(map(json.dumps, questions)) + "\n]\n", encoding="utf-8")


def _question(example: dict[str, Any]) -> str:
    weights, labels = example["weights"], example["labels"]
    graph = f"Problem {len(weights)} {len(weights[0])} {_coq(weights)} {_coq(labels, '%nat')} {max(labels)}"
    matrices = " ".join(_coq(example[name]) for name in ("f", "g", "probe"))
    labels_and_width = f"{_coq(example['right_labels'], '%nat')} {len(example['f'][0])}"
    embedding = f"Embedding {labels_and_width} {matrices} {example['over']}"
    return f"Eval vm_compute in [seq (Qnum q, Zpos (Qden q)) | q <- values ({graph}) ({embedding})]."


def _coq(nested: Any, scope: str = "") -> str:
    if isinstance(nested, list):
        return "[:: " + "; ".join(_coq(element, scope) for element in nested) + "]"
    return f"({nested}){scope}"
