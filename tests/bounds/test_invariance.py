"""Equivalent forms of a graph have the same table.

Graphs are of all families, as far as their optimum is well conditioned: a gap where the spectrum is cut. Then a row
moves by round-off alone, or by its root where a formula takes the root of a difference.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from pairbounds import BOUNDS, PairGraph, check_bounds, spectrum
from tests.bounds.checks.check import QUICK, SEARCHED
from tests.families import GRAPHS, embeddings, family_graph

GAP = 0.01  # between singular values at the cut, and of the cut to 1
CLOSE = 1e-6
PENALTY = 0.37
# With its columns reversed, or three times its weights, theorem 16 once had 0.99969, 0.71586 and 0.58508 at k = 1: its
# measure has four atoms, and further steps of Lanczos are made of round-off.
FOUR_ATOMS = [
    [90, 38, 665, 598, 340, 85, 71, 80, 335, 805, 188],
    [625, 60, 84, 64, 24, 847, 738, 36, 17, 40, 15],
    [588, 296, 61, 81, 62, 208, 777, 555, 64, 5, 57],
    [79, 45, 524, 429, 246, 52, 66, 84, 114, 208, 165],
]


@dataclass(frozen=True, eq=False)
class Form:
    """A graph, with features and a critic of its nodes."""

    graph: PairGraph
    features: tuple[np.ndarray, np.ndarray]
    critic: tuple[np.ndarray, np.ndarray]

    def table(self, names: Collection[str] = BOUNDS) -> pd.DataFrame:
        k = self.features[0].shape[1]
        options = {"penalty": PENALTY, "critic": self.critic, "bounds": list(names)}
        return check_bounds(self.graph, k, self.features, **options).set_index("bound")

    def of_nodes(self, rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> "Form":
        graph = PairGraph(
            weights[np.ix_(rows, columns)], self.graph.left_labels[rows], self.graph.right_labels[columns]
        )
        features, critic = ((f[rows], g[columns]) for f, g in (self.features, self.critic))
        return Form(graph, features, critic)

    def with_joint(self, joint: object) -> "Form":
        return replace(self, graph=PairGraph(joint, self.graph.left_labels, self.graph.right_labels))


def permuted(form: Form) -> Form:
    """Rows and columns in another order."""
    rows, columns = (np.random.default_rng(0).permutation(n) for n in form.graph.shape)
    return form.of_nodes(rows, columns, form.graph.joint.toarray())


def reversed_columns(form: Form) -> Form:
    rows, columns = (np.arange(n) for n in form.graph.shape)
    return form.of_nodes(rows, columns[::-1], form.graph.joint.toarray())


def sparse(form: Form) -> Form:
    """A sparse matrix, its entries in two halves each and in any order."""
    entries = form.graph.joint.tocoo()
    order = np.random.default_rng(0).permutation(2 * entries.nnz)
    data, rows, columns = (np.tile(part, 2)[order] for part in (entries.data / 2, *entries.coords))
    return form.with_joint(sp.coo_array((data, (rows, columns)), shape=entries.shape))


def split_left(form: Form) -> Form:
    """A left node in two of half the mass."""
    weights, node = form.graph.joint.toarray(), int(np.argmax(form.graph.left_marginal))
    weights[node] /= 2
    return form.of_nodes(np.append(np.arange(len(weights)), node), np.arange(weights.shape[1]), weights)


def split_right(form: Form) -> Form:
    """A right node in two of half the mass."""
    weights, node = form.graph.joint.toarray(), int(np.argmax(form.graph.right_marginal))
    weights[:, node] /= 2
    return form.of_nodes(np.arange(len(weights)), np.append(np.arange(weights.shape[1]), node), weights)


def renamed(form: Form) -> Form:
    """Classes by other numbers, in another order, the largest near the end of 64 bits."""
    left, right = form.graph.left_labels, form.graph.right_labels
    names = 2**62 - 7 * np.arange(1 + max(left.max(), right.max())) ** 2
    return replace(form, graph=PairGraph(form.graph.joint, names[left], names[right]))


def tripled(form: Form) -> Form:
    """All weights times 3."""
    return form.with_joint(form.graph.joint.toarray() * 3)


FORMS: dict[str, Callable[[Form], Form]] = {
    form.__name__: form for form in (permuted, reversed_columns, sparse, split_left, split_right, renamed, tripled)
}
# What the form changes: half a node may go to either side of a cut, is another voter, leaves room for more values, and
# is as far from the other half as the range allows.
CHANGED = {"split_left": {"conductance", "vote_of_others_error"}}
COUNTED = {"counted-mse", "infonce-by-range"}


def form_of(family: str) -> Form | None:
    """A well-conditioned graph of a family, with features and a critic at random."""
    for seed in range(4):
        graph = family_graph(family, seed, 12)
        values = spectrum(graph, min(graph.shape)).singular_values
        for k in range(2, min(5, len(values))):
            if min(values[k - 1] - values[k], 1 - values[k], np.abs(values - PENALTY).min()) > GAP:
                return encoded(graph, k)
    return None


def encoded(graph: PairGraph, k: int) -> Form:
    return Form(graph, embeddings(graph, k, seed=0), embeddings(graph, k, seed=1))


def is_compared(form: str, name: str) -> bool:
    claim = BOUNDS[name]
    changed = claim.quantity in CHANGED.get(form, ()) or (form.startswith("split") and name in COUNTED)
    return claim.status != "rate" and not changed


def is_same(form: str, first: pd.Series, second: pd.Series) -> bool:
    close = 1e-3 if first.name in SEARCHED and form.startswith("split") else CLOSE  # one more node moves these by more
    sides = [(first[side], second[side]) for side in ("measured", "value")]
    return first["applicable"] == second["applicable"] and all(
        math.isclose(a, b, rel_tol=close, abs_tol=close) or (math.isnan(a) and math.isnan(b)) for a, b in sides
    )


def test_most_families_have_a_well_conditioned_graph():
    assert sum(form_of(family) is not None for family in GRAPHS) > len(GRAPHS) / 2


@pytest.mark.parametrize(("number", "family"), [*enumerate(GRAPHS)])
def test_every_form_of_a_graph_has_the_same_table(number, family):
    if (form := form_of(family)) is not None:  # not a spectrum of ties alone
        require_the_same_table(form, [list(FORMS)[number % len(FORMS)]])


def test_a_graph_of_four_atoms_has_one_table():
    graph = PairGraph(FOUR_ATOMS, [1, 0, 0, 1], np.arange(11) % 2)
    require_the_same_table(encoded(graph, 1), list(FORMS))


def require_the_same_table(form, with_searched):
    """Compare the bounds in every form, those of `SEARCHED` in the forms `with_searched`."""
    table = form.table()
    for name, changed in FORMS.items():
        other = changed(form).table(BOUNDS if name in with_searched else QUICK)
        rows = [row for row in other.index if is_compared(name, row)]
        assert [row for row in rows if not is_same(name, table.loc[row], other.loc[row])] == [], name
