"""Statements of the theory on an encoder that somebody brings: in its best units, and in words."""

from dataclasses import replace
from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.columns import independent, thin_factors
from pairbounds.theory.bounds.encoder_report import AS_GIVEN, REALIGNED, RESCALED, EncoderCheck, Units
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import required_labels
from pairbounds.theory.quantities.factorisation import best_partner, best_scale
from pairbounds.theory.quantities.models import features_of
from pairbounds.theory.quantities.probes import as_features
from pairbounds.theory.spectrum.triplets import Spectrum, enough_triplets, spectrum

TOLERANCE = 1e-9  # of the spectrum: its round-off enters a bound by its root


def check_encoder(
    graph: PairGraph,
    encoder: Any,
    inputs: Any = None,
    *,
    triplets: Spectrum | None = None,
) -> EncoderCheck:
    """Bound the error of a linear probe on an encoder of yours, and name its causes: pairs, width, optimisation.

    What is bounded depends on the span of f alone, and what bounds it on the excess loss of (f, g): on units that f
    happens to have, unit norm say, and on a right side that plays no part in the probe. So the bound is taken in the
    best units: as given, in the best scale (`pairbounds.theory.quantities.factorisation.best_scale`), and beside the
    best right side there is (`best_partner`), which no linear map of f can better. The least of the three holds.

    Parameters
    ----------
    encoder : (n_left, d), or a pair of (n_left, d) and (n_right, d); or a model, or a pair of models
        Features, numpy or torch, unweighted, in the order of `graph.left_ids` and `graph.right_ids`. A model is a
        callable, which is given its inputs in blocks and returns features for them; a torch module is called in
        evaluation mode and without gradients.
    inputs : for a model, its inputs in the order of the nodes; for a pair of models, a pair
    triplets : Spectrum of the graph, optional
        At least k + 1, k the number of dimensions that f spans; by default they are computed.

    Returns
    -------
    EncoderCheck; its text says it in words, its `table` has the numbers.

    Raises
    ------
    ValueError
        Features of the wrong shape, not finite, all 0, or more columns than nodes; a model without inputs; a graph
        without labels on the left.
    ForeignCodeError
        The model raised something.

    Notes
    -----
    Statements are of width k, the number of dimensions that the d columns of f span up to round-off. Cost: `spectrum`,
    and O(nnz k + (n_left + n_right) k²).

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import PairGraph, check_encoder, optimal_embeddings
    >>> graph = PairGraph([[4, 1, 0], [4, 2, 0], [0, 1, 5]], [0, 0, 1])
    >>> f, g = optimal_embeddings(graph, 2)
    >>> found = check_encoder(graph, (100 * f, g))
    >>> print(f"{found.scale:.2f} {found.units[0].parts.bound:.2f} {found.bound - found.mse:.4f}")
    0.01 1.00 0.0000
    """
    required_labels(graph, "left")
    left, right = features_of(encoder, inputs)
    right = None if right is None else as_features(right, graph.n_right, "g")
    f = _rows(left, graph)
    basis, right = _spanned(graph, f, right)
    k = basis.shape[1]
    found = spectrum(graph, min(k + 1, *graph.joint.shape), tol=TOLERANCE) if triplets is None else triplets
    known = enough_triplets(graph, found, k)
    best = Encoder.of(graph, known, k, (basis, best_partner(graph, basis)))
    named, scale = {REALIGNED: best}, None
    if right is not None:
        scale, given = best_scale(graph, basis, right), replace(best, right=right)
        scaled = {RESCALED: replace(given, left=scale * basis)} if scale else {}
        named = {AS_GIVEN: given} | scaled | named
    units = tuple(Units.of(name, each) for name, each in named.items())
    guess_mse, guess_error = (QUANTITIES[name].guessed(graph) for name in ("probe_mse", "probe_error"))
    measured = best.probe.mse, best.probe.error
    return EncoderCheck(known, graph, f.shape[1], *measured, guess_mse, guess_error, scale, units)


def _rows(left: Any, graph: PairGraph) -> FloatArray:
    """F as an array, with a row for each left node."""
    if len(left) != graph.n_left:
        raise ValueError(
            f"f has {len(left)} rows and the graph {graph.n_left} left nodes: if they are of some of these, give "
            "graph.part(nodes)"
        )
    f = as_features(left, graph.n_left, "f")
    if f.shape[1] > graph.n_left:
        raise ValueError(
            f"f has {f.shape[1]} columns for {graph.n_left} left nodes, and a linear probe on so many fits any labels: "
            "take fewer, the first principal components say"
        )
    return f


def _spanned(graph: PairGraph, f: FloatArray, right: FloatArray | None) -> tuple[FloatArray, FloatArray | None]:
    """A basis of the span of f, orthonormal under p_L, and the g that has the same products with it."""
    root = np.sqrt(graph.left_marginal)[:, None]
    basis, factor = thin_factors(root * f)
    chosen = independent(factor)
    if chosen.shape[1] == 0:
        raise ValueError("f is 0 on every node: there is nothing to probe")
    if chosen.shape[1] > graph.n_right:
        raise ValueError(
            f"f spans {chosen.shape[1]} dimensions, and with {graph.n_right} right nodes there are no more singular "
            "values: take fewer columns, the first principal components say"
        )
    if right is not None and right.shape[1] != f.shape[1]:
        raise ValueError(f"f has width {f.shape[1]} and g {right.shape[1]}: they are of one width")
    return basis @ chosen / root, None if right is None else right @ factor.T @ chosen
