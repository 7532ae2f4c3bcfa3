"""One graph in several forms, all of which say the same."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from pairbounds import BOUNDS, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds import Encoder
from pairbounds.theory.bounds.check import subjects_of
from pairbounds.theory.bounds.registry import Subject
from pairbounds.theory.spectrum.triplets import Spectrum
from tests.fuzz.specimen import Features, Specimen


@dataclass(frozen=True, eq=False)
class Form:
    """A graph, a width, an encoder or `None` for the optimum, and perhaps a penalty and a critic."""

    graph: PairGraph
    k: int
    features: Features | None
    penalty: float | None = None
    critic: Features | None = None

    @classmethod
    def of(cls, specimen: Specimen) -> "Form":
        return cls(specimen.graph(), specimen.k, **specimen.arguments)

    @property
    def given(self) -> dict[str, Any]:
        return {"features": self.features, "penalty": self.penalty, "critic": self.critic}

    @cached_property
    def table(self) -> pd.DataFrame:
        return check_bounds(self.graph, self.k, **self.given, triplets=self.triplets).set_index("bound")

    @cached_property
    def triplets(self) -> Spectrum:
        """All there are."""
        return spectrum(self.graph, min(self.graph.joint.shape))

    @cached_property
    def subjects(self) -> dict[Subject, Encoder]:
        return subjects_of(self.graph, self.triplets.leading(self.k + 1), self.k, **self.given)

    @property
    def optimum(self) -> Encoder:
        return self.subjects["optimum"]

    @property
    def encoder(self) -> Encoder:
        """What claims about encoders are about."""
        return self.subjects["encoder"]

    def subject(self, row: str) -> Encoder:
        """What a bound is about."""
        return self.subjects[BOUNDS[row].subject]

    @cached_property
    def gap_at_k(self) -> float:
        """`σ_r - σ_{r+1}`, r the lesser of k and the rank."""
        values, r = self.triplets.singular_values, min(self.k, self.triplets.rank)
        return float(values[r - 1] - (values[r] if r < len(values) else 0.0))

    @property
    def gap_at_penalty(self) -> float:
        """How far the penalty is from the nearest singular value; where the width ends the span, the gap there too."""
        return self._gap_at_penalty(1, self.gap_at_k)

    @property
    def squared_gap_at_penalty(self) -> float:
        """The same of squares."""
        return self._gap_at_penalty(2, self.squared_gap_at_k)

    def _gap_at_penalty(self, power: int, at_k: float) -> float:
        assert self.penalty is not None
        nearest = float(np.abs(self.triplets.singular_values**power - self.penalty**power).min())
        return nearest if self.gap_above_penalty < self.gap_above else min(nearest, at_k)

    @cached_property
    def squared_gap_at_k(self) -> float:
        """`σ²_r - σ²_{r+1}`."""
        values, r = self.triplets.singular_values, min(self.k, self.triplets.rank)
        return self.gap_at_k * float(values[r - 1] + (values[r] if r < len(values) else 0.0))

    @cached_property
    def first_gap(self) -> float:
        """`1 - σ_2²`."""
        return float(1 - self.triplets.leading(2).singular_values[1] ** 2)

    @cached_property
    def gap_above(self) -> float:
        """`1 - σ²_{k+1}`."""
        values = self.triplets.singular_values
        return float(1 - values[self.k] ** 2) if self.k < len(values) else 1.0

    @property
    def gap_above_penalty(self) -> float:
        """`1 - max(μ², σ²_{k+1})`."""
        assert self.penalty is not None
        return min(self.gap_above, 1 - self.penalty**2)


# Forms.


def permuted(form: Form) -> Form:
    """Rows and columns in another order."""
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(form.graph.n_left), rng.permutation(form.graph.n_right)
    return _taking(form, rows, columns, form.graph.joint.toarray())


def sparse(form: Form) -> Form:
    """A sparse matrix in place of a dense one, its entries in two halves each and in any order."""
    entries = form.graph.joint.tocoo()
    order = np.random.default_rng(0).permutation(2 * entries.nnz)
    data, rows, columns = (np.tile(part, 2)[order] for part in (entries.data / 2, entries.coords[0], entries.coords[1]))
    return _with(form, joint=sp.coo_array((data, (rows, columns)), shape=entries.shape))


def split_left(form: Form) -> Form:
    """A left node in two of half the mass."""
    weights, rows = form.graph.joint.toarray(), np.arange(form.graph.n_left)
    heaviest = int(np.argmax(form.graph.left_marginal))
    weights[heaviest] /= 2
    return _taking(form, np.append(rows, heaviest), np.arange(form.graph.n_right), weights)


def split_right(form: Form) -> Form:
    """A right node in two of half the mass."""
    weights, columns = form.graph.joint.toarray(), np.arange(form.graph.n_right)
    heaviest = int(np.argmax(form.graph.right_marginal))
    weights[:, heaviest] /= 2
    return _taking(form, np.arange(form.graph.n_left), np.append(columns, heaviest), weights)


def renamed(form: Form) -> Form:
    """Classes by other numbers, in another order, the largest near the end of 64 bits."""
    left, right = form.graph.left_labels, form.graph.right_labels
    classes = np.union1d(left, right)
    names = 2**62 - 7 * np.arange(len(classes)) ** 2
    left, right = (names[np.searchsorted(classes, side)] for side in (left, right))
    return _with(form, left_labels=left, right_labels=right)


def doubled(form: Form) -> Form:
    """All weights times a power of two."""
    return _with(form, joint=form.graph.joint.toarray() * 2.0**20)


def tripled(form: Form) -> Form:
    """All weights times 3."""
    return _with(form, joint=form.graph.joint.toarray() * 3)


def saved(form: Form) -> Form:
    """Written to a file and read again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        form.graph.save(path)
        return replace(form, graph=PairGraph.load(path))


PROPERTIES: dict[str, Callable[[Form], Form]] = {
    form.__name__: form for form in (permuted, sparse, split_left, split_right, renamed, doubled, tripled, saved)
}


def _with(form: Form, **changes: Any) -> Form:
    graph = form.graph
    parts = {"joint": graph.joint, "left_labels": graph.left_labels, "right_labels": graph.right_labels}
    return replace(form, graph=PairGraph(**(parts | changes)))


def _taking(form: Form, rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> Form:
    graph = form.graph
    features, critic = (pair and (pair[0][rows], pair[1][columns]) for pair in (form.features, form.critic))
    taken = PairGraph(weights[np.ix_(rows, columns)], graph.left_labels[rows], graph.right_labels[columns])
    return replace(form, graph=taken, features=features, critic=critic)
