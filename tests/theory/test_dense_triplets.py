"""Triplets from Gram matrices, against LAPACK's SVD: graded, repeated and missing values, of numpy and of torch."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp
import torch

from pairbounds.theory.spectrum import dense_triplets as module
from pairbounds.theory.spectrum.dense_triplets import dense_triplets, triplets_by_parts
from pairbounds.theory.spectrum.triplets import residual_norms
from tests.families import GRAPHS, block_diagonal

VALUES = {
    "graded": 10.0 ** -np.linspace(0, 15, 40),
    "steps": np.r_[1, 0.1, np.full(38, 1e-9)],
    "a null space": np.r_[np.ones(20), np.zeros(20)],
    "almost a null space": np.r_[np.ones(20), np.full(20, 1e-13)],
    "copies and a tiny one": np.r_[np.full(39, 0.5), 1e-10],
    "nothing": np.zeros(40),
}


@pytest.fixture
def always_by_gram_matrices(monkeypatch):
    monkeypatch.setattr(module, "SVD_SIDE", 0)
    monkeypatch.setattr(module, "SPREAD", np.inf)


def assert_triplets(matrix, found, k, size=1.0):
    left, values, right = found
    # 30 u p as the docstring has it, with p of 4 or so at these sizes
    off = 3e-14 * size
    np.testing.assert_allclose(values, np.linalg.svd(matrix.toarray(), compute_uv=False)[:k], atol=off)
    assert residual_norms(matrix, left, values, right).max() <= off
    for side in (left, right):
        np.testing.assert_allclose(side.T @ side, np.eye(k), atol=1e-13)


@pytest.mark.usefixtures("always_by_gram_matrices")
@pytest.mark.parametrize("device", [None, torch.device("cpu")])  # the second is the path that a GPU takes
@pytest.mark.parametrize("rows", [40, 70])
@pytest.mark.parametrize("values", VALUES)
def test_values_of_any_size_have_residuals_of_round_off(values, rows, device):
    rng = np.random.default_rng(0)
    left, right = (scipy.linalg.qr(rng.standard_normal((n, 40)), mode="economic")[0] for n in (rows, 40))
    matrix = sp.csr_array((left * VALUES[values]) @ right.T)
    for k in (1, 25, 40):
        assert_triplets(matrix, dense_triplets(matrix, k, device), k)
        assert_triplets(sp.csr_array(matrix.T), dense_triplets(sp.csr_array(matrix.T), k, device), k)


@pytest.mark.usefixtures("always_by_gram_matrices")
@pytest.mark.parametrize("family", GRAPHS)
def test_of_every_family_all_triplets_are_right(family):
    matrix = GRAPHS[family](np.random.default_rng(3), 60).normalized
    for k in (1, min(matrix.shape) // 2, min(matrix.shape)):
        assert_triplets(matrix, dense_triplets(matrix, k), k)


@pytest.mark.usefixtures("always_by_gram_matrices")
@pytest.mark.parametrize(
    ("sides", "whole"),
    [
        ([(70, 40), (30, 50), (70, 40)], False),  # both ways round
        ([(110, 90), (1, 1), (3, 1), (1, 4)], False),
        ([(30, 45)] * 3 + [(3, 1)] * 9, True),
    ],
)
def test_independent_blocks_are_decomposed_one_by_one(sides, whole, monkeypatch):
    """Copies of every value, in rows and columns of any order; as a whole where the blocks are small."""
    matrix = block_diagonal([np.random.default_rng(n).random((m, n)) / n for m, n in sides]).toarray()
    rng = np.random.default_rng(1)
    parts = [np.repeat(np.arange(len(sides)), each) for each in zip(*sides, strict=True)]
    turns = [rng.permutation(len(each)) for each in parts]
    matrix, parts = sp.csr_array(matrix[np.ix_(*turns)]), [each[turn] for each, turn in zip(parts, turns, strict=True)]
    calls, least = [], sum(min(each) for each in sides)
    monkeypatch.setattr(module, "dense_triplets", lambda *args: calls.append(args[0].shape) or dense_triplets(*args))
    for k in (1, 25, least):  # the last is the rank, or it and null spaces
        assert_triplets(matrix, triplets_by_parts(matrix, parts, k), k)
    assert (matrix.shape in calls) == whole
    assert_triplets(matrix, triplets_by_parts(matrix, parts, min(matrix.shape)), min(matrix.shape))
    assert matrix.shape in calls
