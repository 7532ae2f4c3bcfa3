"""Statements of the theory on an encoder that somebody brings: in its best units, and in words.

The squared error of a linear probe on f is bounded in two steps: that of the optimum of the same width, and what f is
behind it by its excess loss. The first is a tail of label energy, and falls in two:

    Σ_{i>k} c_i = Σ_{i>k} c_i (1 - σ_i²) + Σ_{i>k} c_i σ_i².

The first sum is of the *pairs*. It is part of `α_T = Σ_i c_i (1 - σ_i²)`, the probability that an induced pair joins
two classes, and never more than it; where every induced pair joins equals, it is 0. The second is of the *width*:
energy of directions that the pairs do connect, at most `σ²_{k+1}` of the tail, and 0 where k reaches the rank. (The two
facts together are theorem 4.) What theorem 17 adds to the tail is of the *optimisation*: 0 at an excess loss of 0.

Source: new here.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.bases import independent, thin_factors
from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.infrastructure.outward import rounded
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder
from pairbounds.theory.bounds.theorem07_near_optimal import excess
from pairbounds.theory.bounds.theorem17_trained_encoders import trained_error, trained_error_by_margins, trained_mse
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error, label_energy, required_labels
from pairbounds.theory.quantities.factorisation import best_partner, best_scale
from pairbounds.theory.quantities.models import features_of
from pairbounds.theory.quantities.probes import as_features
from pairbounds.theory.spectrum.triplets import Spectrum, enough_triplets, spectrum

if TYPE_CHECKING:
    import pandas as pd

AS_GIVEN, RESCALED, REALIGNED = "as given", "best scale", "best partner"
PARTS = ("pairs", "width", "optimisation")
MEASURED = ("probe_mse", "probe_error")
_up = partial(rounded, relation="<=", form=".4f")  # an upper bound as text
TOLERANCE = 1e-9  # of the spectrum: its round-off enters a bound by its root
OTHER_LOSSES = (
    "This diagnosis is of the spectral loss, and says nothing of the training of an encoder by another one. For CLIP "
    "(InfoNCE) or SigLIP (sigmoid loss) use check_bounds(graph, k, critic=(f / temperature, g))."
)


@dataclass(frozen=True)
class EncoderCheck:
    """Result of `check_encoder`; `print` it.

    Attributes
    ----------
    spectrum : k + 1 triplets of the graph
    graph : the graph that the statements are about
    columns : how many columns f has
    mse, error : the squared and the 0-1 error of the linear probe on f, measured; the same in all units
    scale : c of the best scale; 0 where none changes anything, `None` without a right side
    table : a row for each units, "as given" and "best scale" where there is a right side, and "best partner". Columns:
        units; loss and excess, the spectral loss and how far it is above that of the optimum of this width; pairs,
        width and optimisation, which are not negative, and their sum, bound, that of theorem 17 on the squared error;
        error_bound, the least bound of theorem 17 on the 0-1 error; measured, the squared error
    """

    spectrum: Spectrum
    graph: PairGraph
    columns: int
    mse: float
    error: float
    scale: float | None
    table: "pd.DataFrame"

    @property
    def k(self) -> int:
        """Number of dimensions that the columns span: the width of the statements."""
        return len(self.spectrum.singular_values) - 1

    @property
    def best(self) -> "pd.Series[Any]":
        """The row of the units in which the bound is least: it holds in all of them, and the error is the same."""
        return self.table.iloc[int(self.table["bound"].to_numpy().argmin())]

    @property
    def bound(self) -> float:
        """The least bound on the squared error of the probe."""
        return float(self.best["bound"])

    def __str__(self) -> str:
        return "\n".join(_sentences(self))

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(line)}</p>" for line in _sentences(self))
        upper: Any = dict.fromkeys(("bound", "error_bound"), _up)
        return f"<div>{said}{self.table.to_html(index=False, float_format='{:.4g}'.format, formatters=upper)}</div>"


def check_encoder(
    graph: PairGraph, encoder: Any, inputs: Any = None, *, triplets: Spectrum | None = None
) -> EncoderCheck:
    """Bound the error of a linear probe on an encoder of yours, and name its causes: pairs, width, optimisation.

    What is bounded depends on the span of f alone, and what bounds it on the excess spectral loss of (f, g): on units
    that f happens to have, unit norm say, and on a right side that plays no part in the probe. So the bound is taken in
    the best units: as given, in the best scale (`pairbounds.theory.quantities.factorisation.best_scale`), and beside
    the best right side there is (`best_partner`), which no linear map of f can better. The least of the three holds.
    CLIP and SigLIP minimise other losses: `critic=` of `check_bounds` is for these.

    Parameters
    ----------
    encoder : (n_left, d), or a pair of (n_left, d) and (n_right, d); or a model, or a pair of models
        Features, numpy or torch, unweighted, in the order of `graph.left_ids` and `graph.right_ids`. A model is a
        callable, which is given its inputs in blocks and returns features for them; a torch module is called in
        evaluation mode and without gradients.
    inputs : for a model, its inputs in the order of the nodes; for a pair of models, a pair
    triplets : of the graph, at least k + 1, k the number of dimensions that f spans; by default they are computed

    Returns
    -------
    EncoderCheck; its text says it in words, its `table` has the numbers.

    Raises
    ------
    ValueError : features of the wrong shape, not finite, all 0, or more columns than nodes; a model without inputs; a
        graph without labels on the left
    ForeignCodeError : the model raised something

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
    >>> print(f"{found.scale:.2f} {found.table['bound'][0]:.2f} {found.bound - found.mse:.4f}")
    0.01 1.00 0.0000
    """
    import pandas as pd

    required_labels(graph, "left")
    left, right = features_of(encoder, inputs)
    right = None if right is None else as_features(right, graph.n_right, "g")
    f = _rows(left, graph)
    basis, right = _spanned(graph, f, right)
    k = basis.shape[1]
    found = spectrum(graph, min(k + 1, *graph.shape), tol=TOLERANCE) if triplets is None else triplets
    known = enough_triplets(graph, found, k)
    best = Encoder.of(graph, known, k, (basis, best_partner(graph, basis)))
    named, scale = {REALIGNED: best}, None
    if right is not None:
        scale, given = best_scale(graph, basis, right), replace(best, right=right)
        scaled = {RESCALED: replace(given, left=scale * basis)} if scale else {}
        named = {AS_GIVEN: given} | scaled | named
    table = pd.DataFrame(
        [{"units": name} | _bounds(each) | {"measured": best.probe.mse} for name, each in named.items()]
    )
    return EncoderCheck(known, graph, f.shape[1], best.probe.mse, best.probe.error, scale, table)


def _bounds(encoder: Encoder) -> dict[str, float]:
    """The losses and bounds of an encoder in some units, by the columns of `EncoderCheck.table`.

    Theorem 17 is `ε₂(f) <= min_g (ρ_g + η_g)²`; the tail is the squared error of the optimum.
    """
    graph, triplets, k = encoder.graph, encoder.spectrum, encoder.k
    energy = label_energy(graph, triplets)[:k]
    tail = max(0.0, 1 - float(energy.sum()))
    kept = float(energy @ triplets.singular_values[:k] ** 2)
    width = float(np.clip(1 - induced_labelling_error(graph) - kept, 0.0, tail))
    bound = max(tail, trained_mse(graph, triplets, k, encoder))
    errors = [trained_error(graph, triplets, k, encoder)]
    with suppress(HypothesisError):  # no gap at k
        errors.append(trained_error_by_margins(graph, triplets, k, encoder))
    parts = {"pairs": tail - width, "width": width, "optimisation": bound - tail, "bound": bound}
    return {"loss": encoder.loss, "excess": excess(encoder), **parts, "error_bound": min(errors)}


def _sentences(found: EncoderCheck) -> list[str]:
    """The findings in words."""
    best, (guess_mse, guess_error) = found.best, (QUANTITIES[name].guess(found.graph) for name in MEASURED)
    spanned = "" if found.k == found.columns else f", whose {found.columns} columns span {found.k} dimensions"
    verdict = ", which says nothing, being no better than a guess" if found.bound >= guess_mse else ""
    alpha, sigma = induced_labelling_error(found.graph), found.spectrum.singular_values[found.k]
    causes = (
        f"is due to the pairs: an induced pair joins two classes with probability α_T = {alpha:.4f}",
        f"is due to the width: pairs connect labels in directions beyond {found.k} too, σ_(k+1) = {sigma:.4f}",
        f"is due to optimisation: the spectral loss is {best['excess']:.3g} above the least of this width",
    )
    largest = max(PARTS, key=lambda part: float(best[part]))
    return [
        f"An encoder of width {found.k}{spanned}, on {found.graph}.",
        f"A linear probe on it has squared error {found.mse:.4f} and 0-1 error {found.error:.4f}, measured; a guess "
        f"has {guess_mse:.4f} and {guess_error:.4f}.",
        f"Theorem 17 bounds the squared error by {_up(found.bound)}{verdict}, and the 0-1 error by "
        f"{_up(best['error_bound'])}. Of {_up(found.bound)},",
        *(
            f"  {best[part]:.4f} {cause}{', the largest part' if part == largest else ''}."
            for part, cause in zip(PARTS, causes, strict=True)
        ),
        _of_units(found),
        *([OTHER_LOSSES] if largest == "optimisation" or (found.scale or 0) < 0 else []),
    ]


def _of_units(found: EncoderCheck) -> str:
    bounds = dict(zip(found.table["units"], found.table["bound"], strict=True))
    if found.scale is None:
        return "It has no right side: it is judged beside the best there is, and so by what it spans."
    rescaled = "no scale changes that"
    if RESCALED in bounds:
        against = ", because by the spectral loss its pairs repel one another" if found.scale < 0 else ""
        rescaled = f"multiplied by {found.scale:.4g}{against}, it has {_up(bounds[RESCALED])}"
    return (
        f"In the units it came in it has the bound {_up(bounds[AS_GIVEN])}; {rescaled}; beside its best right side, "
        f"{_up(bounds[REALIGNED])}. The errors of the probe are the same in all three."
    )


def _rows(left: Any, graph: PairGraph) -> FloatArray:
    """F as an array, with a row for each left node."""
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
