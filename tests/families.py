"""Graph families that every bound and every solver is tried on: random, structured and degenerate; and their labels."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from hypothesis import strategies as st

from pairbounds import LatentWorld, PairGraph, check_bounds
from pairbounds.simulations.families.circle import Circle
from pairbounds.simulations.families.hypercube import Hypercube
from pairbounds.simulations.families.stochastic_block import StochasticBlock
from pairbounds.simulations.families.torus import Torus

ANY_SEED = st.integers(0, 2**32 - 1)
ANY_RNG = st.builds(np.random.default_rng, ANY_SEED)
Family = Callable[[np.random.Generator, int], PairGraph]


def block_diagonal(blocks: Sequence[Any]) -> sp.csr_array:
    """A sparse array of blocks. (Of NumPy arrays `sp.block_diag` makes a sparse matrix, which SciPy gives up.)"""
    return sp.csr_array(sp.block_diag([sp.coo_array(np.atleast_2d(block)) for block in blocks]))


def _labelled(joint, rng: np.random.Generator, n_classes: int = 3) -> PairGraph:
    n_left, n_right = joint.shape
    left, right = (rng.integers(n_classes, size=n) for n in (n_left, n_right))
    return PairGraph(joint, left, right, drop_isolated=True)


def skewed_weights(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Weights of very different sizes, some of them 0. Every node has a pair."""
    weights = rng.random(shape) ** rng.choice((3, 60)) * (rng.random(shape) < 0.7) + 0.02 * np.eye(*shape)
    weights[:, 0] += 0.01
    weights[0] += 0.01
    return weights


def small_graph(rng: np.random.Generator, n_classes: int = 3, largest_side: int = 8) -> PairGraph:
    """A graph of 2 to `largest_side` nodes on each side, of unlike weights, with labels on the left."""
    shape = rng.integers(2, largest_side + 1, size=2)
    return PairGraph(skewed_weights(rng, shape), rng.integers(n_classes, size=shape[0]))


def dense_random(rng: np.random.Generator, size: int) -> PairGraph:
    return _labelled(rng.random((size, size - 3)), rng)


def sparse_random(rng: np.random.Generator, size: int) -> PairGraph:
    return _labelled(sp.random_array((size, size + 5), density=0.15, rng=rng), rng)


def heavy_tailed(rng: np.random.Generator, size: int) -> PairGraph:
    return _labelled(np.exp(3 * rng.standard_normal((size, size))), rng)


def tall(rng: np.random.Generator, size: int) -> PairGraph:
    return _labelled(rng.random((3 * size, size // 2)) ** 4, rng)


def wide(rng: np.random.Generator, size: int) -> PairGraph:
    return _labelled(rng.random((size // 2, 3 * size)) ** 4, rng, n_classes=2)


def split_by_class(rng: np.random.Generator, size: int) -> PairGraph:
    """No labelling error, and a component for each class."""
    blocks = [rng.random((size // 3, size // 4)) for _ in range(3)]
    left, right = (np.repeat([0, 1, 2], n) for n in (size // 3, size // 4))
    return PairGraph(block_diagonal(blocks), left, right)


def many_components(rng: np.random.Generator, size: int) -> PairGraph:
    """σ = 1 many times over."""
    return _labelled(block_diagonal([rng.random((3, 2)) for _ in range(size // 2)]), rng)


def identity(rng: np.random.Generator, size: int) -> PairGraph:
    """Every left node has its own right node: all σ are 1, nothing is connected."""
    return _labelled(sp.eye_array(size), rng)


def rank_one(rng: np.random.Generator, size: int) -> PairGraph:
    """Pairs drawn independently: σ is 1 once and then 0."""
    return _labelled(np.outer(rng.random(size), rng.random(size + 2)), rng)


def low_rank(rng: np.random.Generator, size: int) -> PairGraph:
    return _labelled(rng.random((size, 3)) @ rng.random((3, size)), rng)


def cycle(rng: np.random.Generator, size: int) -> PairGraph:
    """Circulant: every σ but the ends comes twice."""
    shifted = sp.coo_array((np.ones(size), (np.arange(size), (np.arange(size) + 1) % size)), shape=(size, size))
    return _labelled(sp.eye_array(size) + shifted, rng, n_classes=2)


def twins(rng: np.random.Generator, size: int) -> PairGraph:
    """Every left node twice, as with two drawings of one concept: half of all σ are 0."""
    half = rng.random((size // 2, size))
    return _labelled(np.vstack([half, half]), rng)


def imbalanced(rng: np.random.Generator, size: int) -> PairGraph:
    left = (np.arange(size) == 0).astype(int)
    return PairGraph(rng.random((size, size)) ** 6, left, rng.integers(2, size=size))


def one_class(rng: np.random.Generator, size: int) -> PairGraph:
    return PairGraph(rng.random((size, size)), np.zeros(size, int), np.zeros(size, int))


def nearly_disconnected(rng: np.random.Generator, size: int) -> PairGraph:
    """Two classes joined by edges of weight 1e-9."""
    half = size // 2
    joint = block_diagonal([rng.random((half, half)), rng.random((half, half))]).toarray()
    labels = np.repeat([0, 1], half)
    return PairGraph(joint + 1e-9 * rng.random(joint.shape), labels, labels)


def latent_captions(rng: np.random.Generator, size: int) -> PairGraph:
    return _world(rng, size).caption_graph(noise=rng.uniform(0, 0.4), detail=rng.uniform(0, 1))


def latent_augmentations(rng: np.random.Generator, size: int) -> PairGraph:
    return _world(rng, size).augmentation_graph(strength=rng.uniform(0.5, 5))


def _world(rng: np.random.Generator, size: int) -> LatentWorld:
    seed = int(rng.integers(2**31))
    return LatentWorld(n_classes=3, n_styles=2, n_positions=max(2, size // 6), n_captions=3, n_views=3, seed=seed)


def stochastic_block(rng: np.random.Generator, size: int) -> PairGraph:
    return StochasticBlock(n_left=size // 3, n_right=size // 4, within=0.8, across=rng.uniform(0, 0.4)).draw(rng)


def circle(rng: np.random.Generator, size: int) -> PairGraph:
    return Circle(n_classes=2, n_positions=2 * max(2, size // 3), reach=1).draw(rng)


def torus(rng: np.random.Generator, size: int) -> PairGraph:
    """Values many times over, and ties at most widths."""
    return Torus(n_classes=2, n_positions=2 * max(2, round(size**0.5 / 2)), reach=1).draw(rng)


def hypercube(rng: np.random.Generator, size: int) -> PairGraph:
    """A label of degree 2, which no linear probe of the leading values predicts."""
    return Hypercube(size.bit_length() - 1, rng.uniform(0, 0.5), n_label_bits=2, label="parity").draw(rng)


ALL: tuple[Family, ...] = (
    *(dense_random, sparse_random, heavy_tailed, tall, wide, split_by_class, many_components, identity, rank_one),
    *(low_rank, cycle, twins, imbalanced, one_class, nearly_disconnected),
    *(latent_captions, latent_augmentations, stochastic_block, circle, torus, hypercube),
)
GRAPHS = {family.__name__: family for family in ALL}


def family_graph(family: str, seed: int = 0, size: int = 18) -> PairGraph:
    return GRAPHS[family](np.random.default_rng(seed), size)


def dense_values(graph: PairGraph) -> Any:
    """All singular values by a dense decomposition, (min(n_left, n_right),)."""
    return np.linalg.svd(graph.normalized.toarray(), compute_uv=False)


def row_of(bound: str, graph: PairGraph, k: int, features: Any = None, **options: Any) -> pd.Series:
    """The row of one bound in the table of `check_bounds`."""
    return check_bounds(graph, k, features, bounds=bound, **options).squeeze(axis=0)


def require_all_hold(table: pd.DataFrame, column: str = "holds") -> None:
    """Require that no bound of a table is violated."""
    assert table[column].all(), table[~table[column]].to_string()


def one_hot(graph: PairGraph) -> Any:
    """Left labels as 0 or 1, (n_left, r)."""
    return graph.left_labels[:, None] == np.unique(graph.left_labels)


def targets(graph: PairGraph) -> Any:
    """`Ỹ` from its formula, (n_left, r)."""
    return np.sqrt(graph.left_marginal)[:, None] * one_hot(graph)


def unit_columns(graph: PairGraph, features: Any) -> Any:
    """Features times the roots of the left marginal, (n_left, d), of length 1; 0 where they are."""
    columns = np.sqrt(graph.left_marginal)[:, None] * features
    return columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-300)


def weighted_basis(graph: PairGraph, features: Any) -> Any:
    """Orthonormal basis of the features times the roots of the left marginal, (n_left, rank), whatever their units."""
    basis, sizes, _ = np.linalg.svd(unit_columns(graph, features), full_matrices=False)
    return basis[:, sizes > 1e-9 * sizes[0]]


def embeddings(graph: PairGraph, k: int, seed: int = 0) -> tuple[Any, Any]:
    """Random embeddings of both sides, (n_left, k) and (n_right, k)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((graph.n_left, k)), rng.standard_normal((graph.n_right, k))


def slow_decay(rng: np.random.Generator, n_left: int, n_right: int) -> PairGraph:
    """A slowly decaying spectrum with values in near pairs: pairs at random offsets on a circle."""
    reach, shape, degree = 0.5, 0.1, 10
    centres = np.repeat(rng.random(n_left), degree)
    spread = np.sqrt(2 * rng.gamma(shape, size=centres.size)) * reach / (2 * np.pi)
    right = np.floor(((centres + spread * rng.standard_normal(centres.size)) % 1) * n_right).astype(int) % n_right
    left = np.repeat(np.arange(n_left), degree)
    joint = sp.coo_array((np.ones(centres.size), (left, right)), shape=(n_left, n_right))
    return PairGraph(joint, drop_isolated=True)
