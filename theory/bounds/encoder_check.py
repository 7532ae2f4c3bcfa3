"""Diagnosis of a user's encoder by theorem 17, in its best units and in words.

The squared error of the optimum of its width, `Σ_{i>k} c_i`, has a part due to the *pairs*, `Σ_{i>k} c_i (1 - σ_i²)`,
at most α_T, and one due to the *width*, `Σ_{i>k} c_i σ_i²`, of directions that the pairs connect. The encoder's excess
loss adds the part of the *optimisation*. Source: new here.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, independent, rounded, thin_factors
from pairbounds.infrastructure.checks import HypothesisError
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, sides_of
from pairbounds.theory.bounds.theorem07_near_optimal import excess
from pairbounds.theory.bounds.theorem17_trained_encoders import trained_error, trained_error_by_margins, trained_mse
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import induced_labelling_error, label_energy
from pairbounds.theory.quantities.factorisation import best_partner
from pairbounds.theory.quantities.probes import as_features
from pairbounds.theory.spectrum.triplets import spectrum_beyond

if TYPE_CHECKING:
    import pandas as pd

AS_GIVEN, RESCALED, REALIGNED = "as given", "best scale", "best partner"
PARTS = ("pairs", "width", "optimisation")
MEASURED = ("probe_mse", "probe_error")
_upper = partial(rounded, relation="<=", form=".4f")  # an upper bound as text
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
    graph : the graph
    columns : number of columns of f
    mse, error : the squared and the 0-1 error of the linear probe on f, measured; the same in all units
    scale : c of the best scale; 0 if no scale has an effect, `None` without a right side
    table : a row for each units: "as given" and "best scale" with a right side, and "best partner". Columns: units;
        loss; excess, over the loss of the optimum of this width; pairs, width and optimisation, which are not negative;
        bound, their sum, the bound of theorem 17 on the squared error; error_bound, the least bound of theorem 17 on
        the 0-1 error; measured, the squared error
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
        """Row of the units with the least bound, which holds in all units."""
        return self.table.iloc[int(self.table["bound"].to_numpy().argmin())]

    @property
    def bound(self) -> float:
        """Least bound on the squared error of the probe."""
        return float(self.best["bound"])

    def __str__(self) -> str:
        return "\n".join(_sentences(self))

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in _sentences(self))
        upper: Any = dict.fromkeys(("bound", "error_bound"), _upper)
        return (
            f"<div>{paragraphs}{self.table.to_html(index=False, float_format='{:.4g}'.format, formatters=upper)}</div>"
        )


def check_encoder(graph: PairGraph, features: Any) -> EncoderCheck:
    """Bound the error of a linear probe on your encoder, and split it by cause: pairs, width, optimisation.

    The error depends only on the span of f, but the bound depends on the excess spectral loss of (f, g), and so on the
    scale of f and on g. So the bound is the least of three: as given, in the best scale
    (of f and of g only the product matters, by theorem 2), and with the best right side (`best_partner`), which no
    linear map of f improves. CLIP and SigLIP minimise other losses: use `critic=` of `check_bounds` for these.

    Parameters
    ----------
    features : (n_left, d), or a pair of (n_left, d) and (n_right, d)
        Outputs of the encoder, numpy or torch, unweighted, in the order of `graph.left_ids` and `graph.right_ids`.

    Returns
    -------
    EncoderCheck, with text for `print`, and the numbers in `table`.

    Raises
    ------
    ValueError : features of the wrong shape, not finite, all 0, or more columns than nodes; a graph without labels on
        the left

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
    left, right = sides_of(features)
    right = None if right is None else as_features(right, graph.n_right, "g")
    f = as_features(left, graph.n_left, "f")
    if f.shape[1] > graph.n_left:
        raise ValueError(
            f"f has {f.shape[1]} columns for {graph.n_left} left nodes, and a linear probe on so many fits any labels: "
            "take fewer, the first principal components say"
        )
    basis, right = _spanned(graph, f, right)
    k = basis.shape[1]
    top = spectrum_beyond(graph, k, tol=TOLERANCE)
    best = Encoder.of(graph, top, k, (basis, best_partner(graph, basis)))
    encoders, scale = {REALIGNED: best}, None
    if right is not None:
        as_given = replace(best, right=right)
        repulsion = float(np.sum(as_given.product_factor**2))
        scale = as_given.attraction / repulsion if repulsion > 0 else 0.0  # of the least loss, only f being scaled
        rescaled = {RESCALED: replace(as_given, left=scale * basis)} if scale else {}
        encoders = {AS_GIVEN: as_given} | rescaled | encoders
    table = pd.DataFrame(
        [{"units": units} | _bounds(encoder) | {"measured": best.probe.mse} for units, encoder in encoders.items()]
    )
    return EncoderCheck(top, graph, f.shape[1], best.probe.mse, best.probe.error, scale, table)


def _bounds(encoder: Encoder) -> dict[str, float]:
    """Losses and bounds of an encoder in given units, for the columns of `EncoderCheck.table`."""
    graph, triplets, k = encoder.graph, encoder.spectrum, encoder.k
    energy = label_energy(graph, triplets)[:k]
    tail = max(0.0, 1 - float(energy.sum()))
    explained = float(energy @ triplets.singular_values[:k] ** 2)
    width = float(np.clip(1 - induced_labelling_error(graph) - explained, 0.0, tail))
    bound = max(tail, trained_mse(graph, triplets, k, encoder))
    errors = [trained_error(graph, triplets, k, encoder)]
    with suppress(HypothesisError):  # no gap at k
        errors.append(trained_error_by_margins(graph, triplets, k, encoder))
    parts = {"pairs": tail - width, "width": width, "optimisation": bound - tail, "bound": bound}
    return {"loss": encoder.loss, "excess": excess(encoder), **parts, "error_bound": min(errors)}


def _sentences(check: EncoderCheck) -> list[str]:
    """Result in sentences."""
    best, (guess_mse, guess_error) = check.best, (QUANTITIES[name].guess(check.graph) for name in MEASURED)
    spanned = "" if check.k == check.columns else f", whose {check.columns} columns span {check.k} dimensions"
    verdict = ", which says nothing, being no better than a guess" if check.bound >= guess_mse else ""
    alpha, sigma = induced_labelling_error(check.graph), check.spectrum.singular_values[check.k]
    causes = (
        f"is due to the pairs: an induced pair joins two classes with probability α_T = {alpha:.4f}",
        f"is due to the width: pairs connect labels in directions beyond {check.k} too, σ_(k+1) = {sigma:.4f}",
        f"is due to optimisation: the spectral loss is {best['excess']:.3g} above the least of this width",
    )
    largest = max(PARTS, key=lambda part: float(best[part]))
    return [
        f"An encoder of width {check.k}{spanned}, on {check.graph}.",
        f"A linear probe on it has squared error {check.mse:.4f} and 0-1 error {check.error:.4f}, measured; a guess "
        f"has {guess_mse:.4f} and {guess_error:.4f}.",
        f"Theorem 17 bounds the squared error by {_upper(check.bound)}{verdict}, and the 0-1 error by "
        f"{_upper(best['error_bound'])}. Of {_upper(check.bound)},",
        *(
            f"  {best[part]:.4f} {cause}{', the largest part' if part == largest else ''}."
            for part, cause in zip(PARTS, causes, strict=True)
        ),
        _units_sentence(check),
        *([OTHER_LOSSES] if largest == "optimisation" or (check.scale or 0) < 0 else []),
    ]


def _units_sentence(check: EncoderCheck) -> str:
    bounds = dict(zip(check.table["units"], check.table["bound"], strict=True))
    if check.scale is None:
        return "It has no right side: it is judged beside the best there is, and so by what it spans."
    rescaled = "no scale changes that"
    if RESCALED in bounds:
        against = ", because by the spectral loss its pairs repel one another" if check.scale < 0 else ""
        rescaled = f"multiplied by {check.scale:.4g}{against}, it has {_upper(bounds[RESCALED])}"
    return (
        f"In the units it came in it has the bound {_upper(bounds[AS_GIVEN])}; {rescaled}; beside its best right side, "
        f"{_upper(bounds[REALIGNED])}. The errors of the probe are the same in all three."
    )


def _spanned(graph: PairGraph, f: FloatArray, right: FloatArray | None) -> tuple[FloatArray, FloatArray | None]:
    """Orthonormal basis of the span of f under p_L, and the g with the same products."""
    root = np.sqrt(graph.left_marginal)[:, None]
    basis, factor = thin_factors(root * f)
    chosen = independent(factor)
    if chosen.shape[1] == 0:
        raise ValueError("f is 0 on every node: give an encoder that is not")
    if chosen.shape[1] > graph.n_right:
        raise ValueError(
            f"f spans {chosen.shape[1]} dimensions, and with {graph.n_right} right nodes there are no more singular "
            "values: take fewer columns, the first principal components say"
        )
    if right is not None and right.shape[1] != f.shape[1]:
        raise ValueError(f"f has width {f.shape[1]} and g {right.shape[1]}: give the same width")
    return basis @ chosen / root, None if right is None else right @ factor.T @ chosen
