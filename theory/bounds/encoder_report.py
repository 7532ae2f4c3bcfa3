"""Result of `pairbounds.check_encoder`, in numbers and in words."""

from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.bounds.parts import Parts, parts_by_consistency, parts_by_energy
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.theorem07_near_optimal import excess
from pairbounds.theory.bounds.theorem17_trained_encoders import trained_error, trained_error_by_margins
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import Spectrum

if TYPE_CHECKING:
    import pandas as pd

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
    """Result of `check_encoder`; `print` it.

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
        """Number of dimensions that the columns span: the width of the statements."""
        return len(self.spectrum.singular_values) - 1

    @property
    def best(self) -> Units:
        """The units in which the bound is least: it holds in all of them, and the error is the same."""
        return min(self.units, key=lambda units: units.by_energy.bound)

    @property
    def parts(self) -> Parts:
        """Parts of the least bound on the squared error."""
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
