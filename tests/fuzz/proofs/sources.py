"""Real proofs to start from: of small graphs, some tight or with ties, at several widths, penalties and precisions."""

import io
import json
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np

from pairbounds import PairGraph, prove

SOURCES = 40
APART = PairGraph(  # with the penalty 0.875 the bound is 0.355 at k = 3; without it the error is 0.613
    [[0, 2, 5, 1, 2], [1, 1, 5, 0, 2], [1, 4, 0, 4, 0], [0, 0, 0, 0, 2], [0, 0, 1, 0, 0]], [0, 1, 1, 1, 0]
)
TIED = PairGraph(np.ones((4, 4)) + 6 * np.eye(4), [0, 0, 1, 1])  # all values but the first are one
FIXED = {0: (APART, 3, 0.875), 1: (TIED, 2, None), 4: (TIED, 1, 0.5)}
TIGHT, COARSE = 2, (2, 3)  # of four in a row: theorem 4 is an equality; so few bits that what rounding does is seen


@dataclass(frozen=True)
class Source:
    """The members of a graph's archive, and a proof of it as a reader of JSON has it."""

    members: dict[str, bytes]
    record: dict[str, Any]


@cache
def source(number: int) -> Source:
    """One of the `SOURCES` proofs."""
    rng = np.random.default_rng(number)
    while True:
        graph, k, penalty = _drawn(number, rng)
        try:
            record = (
                _coarse(graph, k, penalty)
                if number % 4 in COARSE
                else prove(graph, k, penalty=penalty, hops=2).record()
            )
        except ValueError:  # σ_(k+1) is 1
            continue
        return Source(_members(graph), json.loads(json.dumps(record)))


def _drawn(number: int, rng: np.random.Generator) -> tuple[PairGraph, int, float | None]:
    if number in FIXED:
        return FIXED[number]
    if number % 4 == TIGHT:
        more, less = rng.integers(8, 16), rng.integers(1, 8)
        return PairGraph([[more, less], [less, more]], [0, 1]), 1, None
    shape = rng.integers(2, 8, size=2)
    joint = rng.random(shape) ** 3 if rng.random() < 0.5 else 10.0 ** rng.integers(-9, 1, shape)
    penalty = round(float(rng.random()), 3) if rng.random() < 0.4 else None
    return PairGraph(joint, rng.integers(0, 3, shape[0])), int(rng.integers(1, min(shape) + 1)), penalty


def _coarse(graph: PairGraph, k: int, penalty: float | None) -> dict[str, Any]:
    """With so few bits that what rounding hides is seen."""
    with (
        patch("pairbounds.theory.proofs.proof.WALK_BITS", 12),
        patch("pairbounds.theory.proofs.proof.EXACT_NODES", 0),
        patch("pairbounds.theory.proofs.proof.BITS", 20),
        patch("pairbounds.theory.proofs.places.BITS", 20),
    ):
        return prove(graph, k, penalty=penalty, hops=2).record()


def _members(graph: PairGraph) -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        graph.save(path)
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
