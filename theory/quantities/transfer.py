"""From labels in some domains to classes in others: pair graphs of classes by domains, and a bound for any graph.

A head is trained on the labels of source domains and tested on the rest, the target. That is `pairbounds.probe` with
`labelled` the source: its `held_out_error` is the error on the target. What is stated here theorem 25 proves.
"""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, required_labels
from pairbounds.theory.quantities.margins import error_within
from pairbounds.theory.quantities.probes import ProbeResult, as_features, labelled_mask, probe
from pairbounds.theory.quantities.scores import round_off

WHITE = 1e-6  # by which second moments of whitened features may be off: float32 features, and solvers' round-off


def classes_by_domains(
    n_classes: int, n_domains: int, *, rho: float, alpha: float, beta: float, gamma: float
) -> PairGraph:
    """Images of every class in every domain, whose induced pairs depend on what two images have in common.

    The left node `c * n_domains + d` is the image of class c in domain d. Each image has four captions: one of its own,
    one for its class, one for its domain, and one for all; their probabilities e, a, b and g follow from the weights.

    Parameters
    ----------
    n_classes, n_domains : int
        r and m, at least 2.
    rho, alpha, beta, gamma : float
        Weights of a pair of induced images of one class and one domain (an image with itself), of one class and two
        domains, of two classes and one domain, and of two of both. Normalised. `alpha >= gamma`, `beta >= gamma` and
        `rho + gamma >= alpha + beta`: no others come of such captions.

    Raises
    ------
    ValueError
        Fewer than two classes or domains; weights that are negative, all 0, or not of such captions.
    """
    r, m = n_classes, n_domains
    if min(r, m) < 2:
        raise ValueError(f"n_classes={r} and n_domains={m}: transfer takes two of each")
    own, of_class = rho - alpha - beta + gamma, m * (alpha - gamma)
    of_domain, of_all = r * (beta - gamma), r * m * gamma
    if min(own, of_class, of_domain, of_all) < 0 or rho == 0:
        raise ValueError(
            f"rho={rho}, alpha={alpha}, beta={beta}, gamma={gamma} come of no captions: 0 <= gamma <= alpha, "
            "gamma <= beta, alpha + beta <= rho + gamma, 0 < rho"
        )
    classes, domains = np.repeat(np.arange(r), m), np.tile(np.arange(m), r)
    captions = [np.eye(r * m), np.eye(r)[classes], np.eye(m)[domains], np.ones((r * m, 1))]
    weights = (own, of_class, of_domain, of_all)
    joint = np.hstack([weight * side for weight, side in zip(weights, captions, strict=True)])
    return PairGraph(joint, classes, drop_isolated=True)


def transfer_bound(graph: PairGraph, scores: npt.ArrayLike, source: npt.ArrayLike) -> float:
    """A bound of the 0-1 error on the target of any classifier, from its errors on the source and from the pairs.

    It needs the labels of the target only through `q(x) = Pr_{x'|x}[x' in the source, y(x') = y(x)]`, how often an
    induced pair leads from a target node to a source node of its class.

    Parameters
    ----------
    scores : (n_left, r)
        A score for each class present, in the order of the class numbers; ties count as errors.
    source : indices or boolean mask of left nodes
        Those whose labels the classifier may have seen; neither empty nor everything.

    Returns
    -------
    float : at most 1; the error is that given that a node is in the target.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; scores of the wrong shape; a source that is empty or everything.

    Notes
    -----
    The nodes of least q are the cheapest to get wrong (`pairbounds.theory.quantities.margins.error_within`). Only
    pairs of one class count: over 3,000 random graphs of up to 8 nodes a side, with scores near the labels, the mean
    bound was 0.643, and by all pairs 0.907. Cost: O(nnz r + n log n). Source: new here; see theorem 25.
    """
    inside = labelled_mask(source, graph.n_left)
    if inside.all():
        raise ValueError("source holds every left node: there is no target")
    targets = class_indicators(required_labels(graph, "left"))
    found = as_features(scores, graph.n_left, "scores")
    if found.shape != targets.shape:
        raise ValueError(f"scores has shape {found.shape}: this graph takes {targets.shape}, a column for each class")
    missed, mass = np.sum((found - targets.toarray()) ** 2, axis=1), graph.left_marginal
    led_back = _same_class_among(graph, targets, ~inside)[inside]
    seen = float((mass * missed)[inside] @ led_back)
    spent = np.sqrt(_variation_across(graph, found, targets, inside)) + np.sqrt(seen)
    reached = _same_class_among(graph, targets, inside)[~inside]
    masses = mass[~inside]
    return error_within(np.sqrt(reached), masses / masses.sum(), float(spent**2 / masses.sum()))


def _variation_across(
    graph: PairGraph, scores: FloatArray, targets: sp.csr_array, inside: npt.NDArray[np.bool_]
) -> float:
    """`Σ P_T(x, x') ‖s(x) - s(x')‖²` over x in the target and x' in the source of one class, rounded up."""

    def by_class(weights: FloatArray) -> tuple[sp.csr_array, ...]:
        """`Σ_{x of class c} w(x) P(x, l)`, (r, n_right), over the target and over the source."""
        weighted = sp.csr_array(targets * weights[:, None])
        return tuple(sp.csr_array(weighted[side].T @ graph.joint[side]) for side in (~inside, inside))

    def paired(one: sp.csr_array, other: sp.csr_array) -> float:
        return float(((one * other).sum(axis=0) / graph.right_marginal).sum())

    squares, masses = by_class(np.sum(scores**2, axis=1)), by_class(np.ones(graph.n_left))
    sizes = paired(squares[0], masses[1]) + paired(masses[0], squares[1])
    shared = 2 * sum(paired(*by_class(column)) for column in scores.T)
    return max(0.0, sizes - shared) + round_off(graph.n_left) * sizes


def _same_class_among(graph: PairGraph, targets: sp.csr_array, nodes: npt.NDArray[np.bool_]) -> FloatArray:
    """`Pr_{x'|x}[x' among the nodes, y(x') = y(x)]`, (n_left,)."""
    shares = sp.csr_array(targets[nodes].T @ graph.joint[nodes]) / graph.right_marginal  # (r, n_right)
    pairs = graph.joint.tocoo()
    rows, columns = pairs.coords
    reached = np.asarray(shares.tocsr()[targets.indices[rows], columns]).ravel()
    return np.bincount(rows, weights=pairs.data * reached, minlength=graph.n_left) / graph.left_marginal


def whitened_head(graph: PairGraph, f: npt.ArrayLike, source: npt.ArrayLike) -> ProbeResult:
    """The head of least norm that saw the labels of the source, as in theorem 25 (a) to (c): `pairbounds.probe`.

    Of several heads that fit the source alike the one of least norm is taken, and which one that is depends on the
    coordinates: of the optimum `U_k` it is another than of `U_k Σ_k^{1/2}`, for which (b) and (c) are false.

    Parameters
    ----------
    f : (n_left, k), whitened: `E f fᵀ = I`
    source : indices or boolean mask of left nodes

    Raises
    ------
    HypothesisError
        Features that are not whitened.
    ValueError
        As `pairbounds.probe`.
    """
    features = as_features(f, graph.n_left, "f")
    off = np.abs(features.T @ (graph.left_marginal[:, None] * features) - np.eye(features.shape[1])).max()
    require(off <= WHITE, f"whitened features fail: E f fᵀ is off the identity by {off:.2g}")
    return probe(graph, features, labelled=source)
