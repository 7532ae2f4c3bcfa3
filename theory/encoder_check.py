"""What the theory says of an encoder that somebody brings: in its best units, and in words."""

from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from theory.bounds.parts import Parts, parts_by_consistency, parts_by_energy
from theory.bounds.quantities import QUANTITIES, Encoder
from theory.bounds.theorem07_near_optimal import excess
from theory.bounds.theorem17_trained_encoders import trained_error, trained_error_by_margins
from theory.consistency import induced_labelling_error, required_labels
from theory.factorisation import best_partner, best_scale
from theory.graph import PairGraph
from theory.infrastructure.arrays import FloatArray
from theory.infrastructure.columns import independent, thin_factors
from theory.infrastructure.hypotheses import HypothesisError
from theory.models import features_of
from theory.probes import as_features
from theory.spectra import Spectrum, enough_triplets, spectrum

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-9  # of the spectrum: its round-off enters a bound by its root
AS_GIVEN, RESCALED, REALIGNED = "as given", "best scale", "best partner"


@dataclass(frozen=True)
class Units:
    """An encoder in some units, of the same probe error in all of them.

    Attributes
    ----------
    name : "as given", "best scale" or "best partner"
    loss, excess : the spectral loss, and how far it is above that of the optimum of this width
    by_energy : the bound of theorem 17 on the squared probe error, in its parts
    by_consistency : that of theorems 7 and 15; `None` where their hypotheses fail
    error_bound : the least bound of theorem 17 on the 0-1 error
    """

    name: str
    loss: float
    excess: float
    by_energy: Parts
    by_consistency: Parts | None
    error_bound: float

    @classmethod
    def of(cls, name: str, encoder: Encoder) -> "Units":
        """All of it measured."""
        graph, triplets, k = encoder.graph, encoder.spectrum, encoder.k
        bounds = [trained_error(graph, triplets, k, encoder)]
        consistency = None
        with suppress(HypothesisError):  # no singular value above σ_(k+1)
            consistency = parts_by_consistency(encoder)
        with suppress(HypothesisError):  # no gap at k
            bounds.append(trained_error_by_margins(graph, triplets, k, encoder))
        return cls(name, encoder.loss, excess(encoder), parts_by_energy(encoder), consistency, min(bounds))


@dataclass(frozen=True)
class EncoderCheck:
    """What `check_encoder` found; `print` it.

    Attributes
    ----------
    spectrum : k + 1 triplets of the graph
    graph : the graph that the statements are about: the part with features
    columns : how many columns f has
    mse, error : the squared and the 0-1 error of the linear probe on f, measured
    guess_mse, guess_error : what the best constant, and guessing the largest class, reach
    scale : c of the best scale; 0 where none changes anything, `None` without a right side
    units : the encoder as given and in its best scale, where it has a right side, and beside its best partner
    """

    spectrum: Spectrum
    graph: PairGraph
    columns: int
    mse: float
    error: float
    guess_mse: float
    guess_error: float
    scale: float | None
    units: tuple[Units, ...]

    @property
    def k(self) -> int:
        """How many dimensions the columns span: the width of the statements."""
        return len(self.spectrum.singular_values) - 1

    @property
    def best(self) -> Units:
        """The units in which the bound is least: it holds in all of them, and the error is the same."""
        return min(self.units, key=lambda units: units.by_energy.bound)

    @property
    def parts(self) -> Parts:
        """What the least bound on the squared error is made of."""
        return self.best.by_energy

    @property
    def bound(self) -> float:
        """The least bound on the squared error of the probe."""
        return self.parts.bound

    @property
    def table(self) -> "pd.DataFrame":
        """A row for each units and way to bound the tail: loss, excess, pairs, width, optimisation, bound, measured."""
        import pandas as pd

        ways = [(each, "label energy", each.by_energy) for each in self.units]
        ways += [(each, "consistency", each.by_consistency) for each in self.units if each.by_consistency is not None]
        return pd.DataFrame(
            [
                {"units": each.name, "tail": way, "loss": each.loss, "excess": each.excess}
                | {"pairs": parts.pairs, "width": parts.width, "optimisation": parts.optimisation}
                | {"bound": parts.bound, "measured": self.mse}
                for each, way, parts in ways
            ]
        )

    def __str__(self) -> str:
        return "\n".join(sentences(self))

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(line)}</p>" for line in sentences(self))
        return f"<div>{said}{self.table.to_html(index=False, float_format='{:.4g}'.format)}</div>"


def sentences(found: EncoderCheck) -> list[str]:
    """The findings in words."""
    spanned = "" if found.k == found.columns else f", whose {found.columns} columns span {found.k} dimensions"
    verdict = ", which says nothing, being no better than a guess" if found.bound >= found.guess_mse else ""
    return [
        f"An encoder of width {found.k}{spanned}, on {found.graph}.",
        f"A linear probe on it has squared error {found.mse:.4f} and 0-1 error {found.error:.4f}, measured; a guess "
        f"has {found.guess_mse:.4f} and {found.guess_error:.4f}.",
        f"Theorem 17 bounds the squared error by {found.bound:.4f}{verdict}, and the 0-1 error by "
        f"{found.best.error_bound:.4f}. Of {found.bound:.4f},",
        *_of_parts(found),
        _of_consistency(found.best.by_consistency),
        _of_units(found),
    ]


def _of_parts(found: EncoderCheck) -> list[str]:
    alpha, sigma = induced_labelling_error(found.graph), found.spectrum.singular_values[found.k]
    words = {
        "pairs": f"is due to the pairs: an induced pair joins two classes with probability α_T = {alpha:.4f}",
        "width": f"is due to the width: pairs connect labels in directions beyond {found.k} too, σ_(k+1) = {sigma:.4f}",
        "optimisation": f"is due to optimisation: the loss is {found.best.excess:.3g} above the least of this width",
    }
    return [
        f"  {getattr(found.parts, name):.4f} {text}{', the largest part' if name == found.parts.largest else ''}."
        for name, text in words.items()
    ]


def _of_consistency(known: Parts | None) -> str:
    if known is None:
        return "By the consistency of the pairs alone nothing is known: no singular value is above σ_(k+1)."
    return (
        f"By the consistency of the pairs alone (theorems 7 and 15) the bound is {known.bound:.4f}: pairs "
        f"{known.pairs:.4f}, width {known.width:.4f}, optimisation {known.optimisation:.4f}."
    )


def _of_units(found: EncoderCheck) -> str:
    bounds = {each.name: each.by_energy.bound for each in found.units}
    if found.scale is None:
        return "It has no right side: it is judged beside the best there is, and so by what it spans."
    rescaled = "no scale changes that"
    if RESCALED in bounds:
        against = ", for its pairs repel one another" if found.scale < 0 else ""
        rescaled = f"multiplied by {found.scale:.4g}{against}, it has {bounds[RESCALED]:.4f}"
    return (
        f"In the units it came in it has the bound {bounds[AS_GIVEN]:.4f}; {rescaled}; beside its best right side, "
        f"{bounds[REALIGNED]:.4f}. The errors of the probe are the same in all three."
    )


def check_encoder(
    graph: PairGraph,
    encoder: Any,
    inputs: Any = None,
    *,
    nodes: npt.ArrayLike | None = None,
    triplets: Spectrum | None = None,
) -> EncoderCheck:
    """How good a linear probe on an encoder of yours must be, and what stands in the way: pairs, width, optimisation.

    What is bounded depends on the span of f alone, and what bounds it on the excess loss of (f, g): on units that f
    happens to have, unit norm say, and on a right side that plays no part in the probe. So the bound is taken in the
    best units: as given, in the best scale (`theory.factorisation.best_scale`), and beside the best right side there is
    (`best_partner`), which no linear map of f can better. The least of the three holds.

    Parameters
    ----------
    encoder : (n_left, d), or a pair of (n_left, d) and (n_right, d); or a model, or a pair of models
        Features, numpy or torch, unweighted, in the order of `graph.left_ids` and `graph.right_ids`. A model is a
        callable, which is given its inputs in blocks and returns features for them; a torch module is called in
        evaluation mode and without gradients.
    inputs : for a model, its inputs in the order of the nodes; for a pair of models, a pair
    nodes : numbers of left nodes, or a boolean mask, optional
        Those that f has rows for, in their order: the statements are then about this part of the graph
        (`PairGraph.part`). g has a row for every right node.
    triplets : Spectrum of that part, optional
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
    >>> from theory import PairGraph, check_encoder, optimal_embeddings
    >>> graph = PairGraph([[4, 1, 0], [4, 2, 0], [0, 1, 5]], [0, 0, 1])
    >>> f, g = optimal_embeddings(graph, 2)
    >>> found = check_encoder(graph, (100 * f, g))
    >>> print(f"{found.scale:.2f} {found.units[0].by_energy.bound:.2f} {found.bound - found.mse:.4f}")
    0.01 1.00 0.0000
    """
    required_labels(graph, "left")
    left, right = features_of(encoder, inputs)
    graph, right = _on_part(graph, nodes, right)
    f = _rows(left, graph, given=nodes is not None)
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


def _on_part(
    graph: PairGraph, nodes: npt.ArrayLike | None, right: FloatArray | None
) -> tuple[PairGraph, FloatArray | None]:
    """The part of the graph with these left nodes, and the rows of g that belong to it."""
    if nodes is None:
        return graph, None if right is None else as_features(right, graph.n_right, "g")
    part = graph.part(nodes)
    if right is None:
        return part, None
    met = graph.joint[np.asarray(nodes)].sum(axis=0) > 0
    return part, as_features(right, graph.n_right, "g")[met]


def _rows(left: Any, graph: PairGraph, *, given: bool) -> FloatArray:
    """F as an array, with a row for each left node."""
    if len(left) != graph.n_left and not given:
        raise ValueError(
            f"f has {len(left)} rows and the graph {graph.n_left} left nodes: if they are of some of these, say of "
            "which by nodes=..."
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
