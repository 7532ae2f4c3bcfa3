"""Result of `pairbounds.check_encoder`, in numbers and in words: a bound, and its parts.

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
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.theorem07_near_optimal import excess
from pairbounds.theory.bounds.theorem17_trained_encoders import trained_error, trained_error_by_margins, trained_mse
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error, label_energy
from pairbounds.theory.spectrum.triplets import Spectrum

if TYPE_CHECKING:
    import pandas as pd

AS_GIVEN, RESCALED, REALIGNED = "as given", "best scale", "best partner"


@dataclass(frozen=True)
class Parts:
    """A bound on the squared error of a linear probe on an encoder, as a sum of parts that are not negative."""

    pairs: float
    width: float
    optimisation: float

    @property
    def bound(self) -> float:
        """The sum."""
        return self.pairs + self.width + self.optimisation

    @classmethod
    def of(cls, encoder: Encoder) -> "Parts":
        """The parts of theorem 17, `ε₂(f) <= min_g (ρ_g + η_g)²`: the tail is the squared error of the optimum."""
        graph, spectrum, k = encoder.graph, encoder.spectrum, encoder.k
        energy = label_energy(graph, spectrum)[:k]
        tail = max(0.0, 1 - float(energy.sum()))
        kept = float(energy @ spectrum.singular_values[:k] ** 2)
        width = float(np.clip(1 - induced_labelling_error(graph) - kept, 0.0, tail))
        return cls(tail - width, width, max(0.0, trained_mse(graph, spectrum, k, encoder) - tail))

    @property
    def largest(self) -> str:
        """The name of the largest part."""
        return max(("pairs", "width", "optimisation"), key=lambda name: float(getattr(self, name)))


@dataclass(frozen=True)
class Units:
    """An encoder in some units, of the same probe error in all of them.

    Attributes
    ----------
    name : "as given", "best scale" or "best partner"
    loss, excess : the spectral loss, and how far it is above that of the optimum of this width
    parts : of the bound of theorem 17 on the squared probe error
    error_bound : the least bound of theorem 17 on the 0-1 error
    """

    name: str
    loss: float
    excess: float
    parts: Parts
    error_bound: float

    @classmethod
    def of(cls, name: str, encoder: Encoder) -> "Units":
        """All of it measured."""
        graph, triplets, k = encoder.graph, encoder.spectrum, encoder.k
        bounds = [trained_error(graph, triplets, k, encoder)]
        with suppress(HypothesisError):  # no gap at k
            bounds.append(trained_error_by_margins(graph, triplets, k, encoder))
        return cls(name, encoder.loss, excess(encoder), Parts.of(encoder), min(bounds))


@dataclass(frozen=True)
class EncoderCheck:
    """Result of `check_encoder`; `print` it.

    Attributes
    ----------
    spectrum : k + 1 triplets of the graph
    graph : the graph that the statements are about
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
        """Number of dimensions that the columns span: the width of the statements."""
        return len(self.spectrum.singular_values) - 1

    @property
    def best(self) -> Units:
        """The units in which the bound is least: it holds in all of them, and the error is the same."""
        return min(self.units, key=lambda units: units.parts.bound)

    @property
    def parts(self) -> Parts:
        """Parts of the least bound on the squared error."""
        return self.best.parts

    @property
    def bound(self) -> float:
        """The least bound on the squared error of the probe."""
        return self.parts.bound

    @property
    def table(self) -> "pd.DataFrame":
        """A row for each units: units, loss, excess, pairs, width, optimisation, bound, measured."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"units": each.name, "loss": each.loss, "excess": each.excess, **vars(each.parts)}
                | {"bound": each.parts.bound, "measured": self.mse}
                for each in self.units
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


def _of_units(found: EncoderCheck) -> str:
    bounds = {each.name: each.parts.bound for each in found.units}
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
