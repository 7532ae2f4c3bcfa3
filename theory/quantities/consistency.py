"""Agreement of positive pairs with the labels, and the place of the labels in the spectrum."""

from typing import TYPE_CHECKING

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, once
from pairbounds.infrastructure.checks import require
from pairbounds.theory.graph.classes import class_cuts as class_cuts
from pairbounds.theory.graph.classes import class_indicators as class_indicators
from pairbounds.theory.graph.classes import (
    leaving_masses,
    pairs_by_class,
    required_labels,
    sums_by_class,
)
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.spectrum.triplets import enough_triplets, spectrum

if TYPE_CHECKING:
    import pandas as pd

TIE_ENTRIES = 10_000_000  # of the vectors of a tie that are computed: 80 MB


@once
def labelling_error(graph: PairGraph) -> float:
    """The labelling error `α = Pr_{(x,l)~P}[y(x) ≠ y(l)]`, in [0, 1].

    Linear in the number of pairs. Source: HaoChen et al. 2021; Zhang, Wang and Wang 2023.

    Raises
    ------
    ValueError : the graph lacks labels on a side
    """
    left, right = required_labels(graph, "left"), required_labels(graph, "right")
    pairs = graph.joint.tocoo()
    rows, columns = pairs.coords
    return float(pairs.data[left[rows] != right[columns]].sum())


def induced_labelling_error(graph: PairGraph) -> float:
    """The induced labelling error `α_T = Pr_{(x,x')~P_T}[y(x) ≠ y(x')]`, in [0, 1].

    Two left nodes are a pair when they share a right node; semantic consistency is `1 - α_T`. With
    `P(c, l) = Σ_{x: y(x)=c} P(x, l)` it is `Σ_{l,c} P(c, l) (1 - P(c, l) / p_R(l))`: linear in the number of
    pairs, `P_T` is never formed. Source: Zhang, Wang and Wang 2023.

    Raises
    ------
    ValueError : the graph lacks labels on the left
    """
    return graph.variation


@once
def right_induced_labelling_error(graph: PairGraph) -> float:
    """The induced labelling error of the right side, in [0, 1]: of two right nodes that share a left one.

    `ValueError`: the graph lacks labels on the right.
    """
    return float(leaving_masses(sums_by_class(graph.joint.T, required_labels(graph, "right"))).sum())


def joined_classes(graph: PairGraph) -> "pd.DataFrame":
    """Mass of the induced pairs between classes: `Pr_{(x,x')~P_T}[y(x) = c, y(x') = c']`, shape (r, r), by class names.

    Symmetric, sums to 1, its trace is `1 - α_T`, and its rows sum to the masses of the classes. Where classes are
    integers without names, they name the rows and columns.

    Raises
    ------
    ValueError : the graph lacks labels on the left

    Notes
    -----
    Linear in the number of pairs, and in those of classes that share a right node.

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import PairGraph
    >>> from pairbounds.theory.quantities.consistency import joined_classes
    >>> joined_classes(PairGraph(np.eye(2)[[0, 0, 1]], ["cat", "dog", "dog"])).round(3)
           cat    dog
    cat  0.167  0.167
    dog  0.167  0.500
    """
    import pandas as pd

    labels = required_labels(graph, "left")
    by_class = pairs_by_class(graph)
    joined = (by_class / graph.right_marginal) @ by_class.T
    names = [graph.class_names[label] if graph.class_names else int(label) for label in np.unique(labels)]
    return pd.DataFrame(sp.csr_array(joined).toarray(), names, names)


def label_energy(graph: LabelledGraph, spectrum: Spectrum) -> FloatArray:
    """The label energy `c_i = Σ_c ⟨u_i, ỹ_c⟩²`, shape (k,), with `ỹ_c = D_L^{1/2} 1[y = c]`.

    Over all left singular vectors it sums to 1. Among equal values only the sum over all of them has a meaning: each
    alone depends on the basis that the solver chose (`optimum_range`). Cost: O(n_left k).

    Raises
    ------
    ValueError : the graph lacks labels on the left
    """
    return np.asarray(np.sum(label_coordinates(graph, spectrum) ** 2, axis=1))


@once
def label_coordinates(graph: LabelledGraph, spectrum: Spectrum) -> FloatArray:
    """`Uᵀ Ỹ`, (k, r): the coordinates of each class in the left singular vectors; kept with both, not to change."""
    coordinates = np.asarray((graph.weighted_targets.T @ spectrum.left).T)
    coordinates.flags.writeable = False
    return coordinates


def optimum_range(graph: PairGraph, triplets: Spectrum, k: int) -> tuple[float, float]:
    """The least and the most squared error `ε₂` of the probe over all optima of width k; equal without a tie.

    Where `σ_k = σ_{k+1} > 0` an optimum spans the leading vectors above the tie and any t-dimensional part of the tied
    space, of basis U, (n_left, m). The ends are `1 - Σ_{i above} c_i` less the sums of the t largest and of the t
    smallest eigenvalues of `Uᵀ Ỹ Ỹᵀ U` (theorem 2).

    `ValueError`: k out of range, too few triplets. `HypothesisError`: the graph lacks labels on the left; the vectors
    of the tie have more than `TIE_ENTRIES` entries.

    Takes at least k + 1 triplets, or all. The ends are in [0, 1], exact up to the round-off of the triplets; values tie
    as in `Spectrum.tied`. O(n_left k + m r min(m, r)) for r classes. If the tie continues beyond the triplets, it is
    linear in the pairs for `σ = 1`. Else it takes spectra of twice as many triplets, until the tie ends.
    """
    enough_triplets(graph, triplets, k)
    above, shares = _fixed_vectors_and_shares(graph, triplets, k)
    free = k - above.shape[1]  # dimensions that an optimum takes from the tied space
    missed = 1 - float(np.sum((graph.weighted_targets.T @ above) ** 2))
    least, largest = (max(0.0, missed - float(part.sum())) for part in (shares[:free], shares[len(shares) - free :]))
    return least, largest


def _fixed_vectors_and_shares(graph: PairGraph, triplets: Spectrum, k: int) -> tuple[FloatArray, FloatArray]:
    """Vectors that every optimum of width k spans, (n_left, a), and eigenvalues of `Uᵀ Ỹ Ỹᵀ U`, the largest first."""
    top, targets, smaller = triplets, graph.weighted_targets, min(graph.shape)
    while (tie := top.tied(k)) is not None and _may_continue(top, tie, smaller):
        if tie.start == 0 and (pieces := _component_basis(graph)).shape[1] >= tie.stop:
            return top.left[:, :0], _shares(targets, pieces)
        count = min(2 * len(top.singular_values), smaller)
        require(
            count * sum(graph.shape) <= TIE_ENTRIES,
            f"at least {tie.stop} values tie at k = {k}, too many to be computed here",
        )
        top = spectrum(graph, count)
    if tie is None:
        return top.leading(k).left, np.empty(0)
    return top.left[:, : tie.start], _shares(targets, top.left[:, tie])


def _may_continue(top: Spectrum, tie: slice, smaller: int) -> bool:
    """True if values that were not computed may tie, too: those beyond the last, or those that the solver skipped."""
    is_last = tie.stop == len(top.singular_values) < smaller
    return is_last or top.unseen >= float(top.lower_values[tie][-1])


def _component_basis(graph: PairGraph) -> sp.csr_array:
    """The left singular vectors of value 1, (n_left, components): `√p_L` on a component of the graph, normalised."""
    component_of = graph.components[0]
    share = np.sqrt(graph.left_marginal / np.bincount(component_of, weights=graph.left_marginal)[component_of])
    return sp.csr_array((share, (np.arange(graph.n_left), component_of)))


def _shares(targets: sp.csr_array, basis: FloatArray | sp.csr_array) -> FloatArray:
    """The eigenvalues of `Uᵀ Ỹ Ỹᵀ U`, (m,), the largest first; from the smaller of that and `Ỹᵀ U Uᵀ Ỹ`."""
    coordinates = sp.csr_array(targets.T @ basis)
    classes, vectors = coordinates.shape
    gram = coordinates @ coordinates.T if classes < vectors else coordinates.T @ coordinates
    eigenvalues = scipy.linalg.eigvalsh(gram.toarray())[::-1] if vectors else np.empty(0)
    return np.pad(np.maximum(0.0, eigenvalues), (0, vectors - len(eigenvalues)))


def class_columns(graph: PairGraph) -> IntArray:
    """Class of each left node as a column of `Ỹ`, (n_left,), 0..r-1."""
    return graph.weighted_targets.indices.astype(np.int64)


def class_masses(graph: PairGraph, side: str = "left") -> FloatArray:
    """Probability of each class present on a side, shape (r,), sums to 1."""
    _, positions = np.unique(required_labels(graph, side), return_inverse=True)
    marginal = graph.left_marginal if side == "left" else graph.right_marginal
    return np.bincount(positions, weights=marginal).astype(np.float64)


def guess_error(graph: PairGraph, side: str = "left") -> float:
    """0-1 error of guessing the largest class, `1 - max_c p_c`: an upper bound on an error is vacuous from there on.

    `ValueError`: the graph lacks labels on that side.
    """
    return 1 - float(class_masses(graph, side).max())
