"""Evaluation of all applicable bounds on a graph, against the measured quantities."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.checks import several, widths_of
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import BOUNDS, NEEDED, Bound, Subject, names_of
from pairbounds.theory.bounds.rows import COLUMNS, NULLABLE, THROUGH, Measured, row, through_columns
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.spectrum.certificates import with_certificate
from pairbounds.theory.spectrum.triplets import enough_triplets, spectrum

if TYPE_CHECKING:
    import pandas as pd


def check_bounds(
    graph: PairGraph,
    k: int | Sequence[int] | IntArray,
    features: Any = None,
    *,
    bounds: str | Bound | Iterable[str | Bound] | None = None,
    triplets: Spectrum | None = None,
    certified: bool = False,
    penalty: float | None = None,
    critic: Any = None,
    order: int | None = None,
    through: Any = None,
) -> "pd.DataFrame":
    """Evaluate bounds on a graph: a row for each, with its value, the measured quantity, and whether it holds.

    Parameters
    ----------
    k : int, or several: a list, a range, an array
        Width of the embedding, 1..min(n_left, n_right). Several widths share one spectrum; the table has a row for each
        bound at each width. With the sparse solver a single width may have smaller residuals, and so tighter bounds (on
        the emoji by up to a sixth), and another of several tied optima.
    features : (n_left, k) or a pair of (n_left, k) and (n_right, k), optional
        An encoder (numpy or torch, unweighted) for claims about every encoder; by default the optimum. Claims about the
        optimum are always measured at the optimum. `pairbounds.check_encoder` scales features to the best units.
    bounds : the bounds to evaluate, a row for each, at least one; by default all
    triplets : at least k + 1 triplets, k the largest; by default `spectrum(graph, k + 1)`
    certified : use a certified upper end of `σ_{k+1}`: proved, or for large graphs true with a stated probability
        (`pairbounds.theory.spectrum.certificates`)
    penalty : μ in (0, 1): adds the claims about the spectral loss with the penalty `μ (E‖f‖² + E‖g‖²)`, its minimiser
        of width k, and the given features
    critic : a pair of (n_left, d) and (n_right, d), optional
        f and g of a critic `s(x, l) = f(x)ᵀ g(l)`, of any width and divided by its temperature: adds the claims about
        InfoNCE.
    order : M of the multi-hop bounds, at least 1: they use the consistency of walks of up to 2M hops, from M
        Lanczos steps. A larger order is sharper, and costs more. By default `default_order`; the row has a note if this
        is less than usual.
    through : (n_left, d), optional
        Features of the left nodes (numpy, torch, or a memory map): adds the columns `through_measured`, `through_value`
        and `through_holds`, about the best encoder of each width that is linear in them (theorem 42).

    Returns
    -------
    DataFrame with the columns of `pairbounds.theory.bounds.check_table.CheckTable`; a notebook shows a short form

    Raises
    ------
    ValueError : k or order out of range, features that do not fit, too few triplets, a penalty out of range, or a bound
        whose subject is not given
    KeyError : an unknown bound
    """
    import pandas as pd

    from pairbounds.infrastructure.progress import Bar
    from pairbounds.theory.bounds.check_table import CheckTable

    widths = widths_of(graph.shape, k)
    triplets_used = spectrum(graph, min(max(widths) + 1, *graph.shape)) if triplets is None else triplets
    names = None if bounds is None else names_of(bounds)
    scored = None if critic is None else Encoder.critic(graph, triplets_used, critic)
    by_features = None if through is None else graph.through(through)
    if by_features is not None and max(widths) > by_features.shape[0]:
        raise ValueError(f"k={max(widths)} is too large: the features have rank {by_features.shape[0]}")
    rows: list[dict[str, object]] = []
    for width in Bar(widths, desc="widths", disable=len(widths) == 1):
        top = enough_triplets(graph, triplets_used, width)
        if certified:
            top, _ = with_certificate(graph, top, width)
        subjects = _subjects(graph, top, width, features, penalty, scored)
        measured = Measured(subjects, triplets_used)
        claims = Bar(_claims(names, subjects), desc=f"bounds at k = {width}", unit="bound")
        linear = None if by_features is None else through_columns(by_features, top, width, order)
        rows += [
            {"k": width} | row(claim, top, width, measured, order) | (linear(claim) if linear else {})
            for claim in claims
        ]
    columns = COLUMNS if through is None else (*COLUMNS, *THROUGH)
    table = pd.DataFrame(rows, columns=["k", *columns] if several(k) else columns)
    # Column by column: `astype` of the whole table takes ten times as long.
    for name in (*NULLABLE, "through_holds") if by_features else NULLABLE:
        table[name] = table[name].astype("boolean")
    return CheckTable(table)


def _subjects(
    graph: PairGraph, triplets: Spectrum, k: int, features: Any, penalty: float | None, critic: Encoder | None
) -> dict[Subject, Encoder]:
    """Subjects of claims, from k + 1 triplets and arguments of `check_bounds`."""
    optimum = Encoder.optimum(graph, triplets, k)
    subjects: dict[Subject, Encoder] = {"optimum": optimum}
    subjects["encoder"] = optimum if features is None else Encoder.of(graph, triplets, k, features)
    if penalty is not None:
        best = Encoder.penalised_optimum(graph, triplets, k, penalty)
        subjects["penalised optimum"] = best
        subjects["penalised encoder"] = best if features is None else replace(subjects["encoder"], penalty=penalty)
    if critic is not None:
        subjects["critic"] = critic
    return subjects


def _claims(bounds: Iterable[str] | None, subjects: Iterable[Subject]) -> list[Bound]:
    """Selected bounds, or all bounds whose subject is given."""
    if bounds is None:
        return [claim for claim in BOUNDS.values() if claim.subject in subjects]
    claims = [BOUNDS[name] for name in bounds]
    if not claims:
        raise ValueError("bounds names none: leave it out for all of them")
    for claim in claims:
        if claim.subject not in subjects:
            raise ValueError(f"bound {claim.name!r} is about a {claim.subject}: give {NEEDED[claim.subject]}=...")
    return claims
