"""Theorem 25: labels of some domains teach the classes of others, where pairs know class and domain apart.

In words: In a model of classes and domains, labels of some domains are enough to classify the others where pairs join
one class across domains, and one domain across classes, more often than what shares neither.

A head is trained on the labels of the source domains and tested on the rest, the target: `pairbounds.probe` with
`labelled` the source, whose `held_out_error` is the error on the target.

**Classes by domains.** An image for each of r classes in each of m domains, all of one mass; an induced pair of images
has the weight ρ where both class and domain are the same, α where the class alone is, β where the domain alone is, γ
where neither is. Let them come of captions that name both, the class, the domain, or neither, of probabilities e, a, b
and g: `e ∝ ρ - α - β + γ`, `a ∝ m (α - γ)`, `b ∝ r (β - γ)`, `g ∝ r m γ`. Then σ² is 1 once, `e + a` on the r - 1
functions of the class, `e + b` on the m - 1 functions of the domain, and e on the rest. A head trained by least
squares of least norm on the whitened optimum `U_k R`, R orthogonal, and the labels of some domains has, on all other
domains,
(a) error 0 and scores that are exact, at k = r, if `e + a > max(e, e + b)`, that is `m (α - γ) > max(0, r (β - γ))`;
(b) error 0 at k = r + m - 1 if `α > γ` and `β > γ`: the scores are `1[y = c] - 1/r`, of squared error 1/r;
(c) error 1 at k = r m, if e > 0: it has no score at all there.
Where γ exceeds α error 1 is possible with a gap, at r = m = 2 and k = 2: the feature that tells the classes apart in
one domain is turned round in the other.

Parts (b) and (c) are of these coordinates alone: several heads fit the source, and which has the least norm depends on
them. On theorem 2's optimum `U_k Σ_k^{1/2} R`, at r = m = 2 and (ρ, α, β, γ) = (4, 2, 2, 1), the error off the source
is 0 at k = 3 and k = 4, and the squared error .268 and .536: no 1/2, and no tie at k = r m (a test keeps it).

Proof. All four kinds of captions are functions on classes tensored with functions on domains, which gives σ². In (a)
the span is all functions of the class, and the labels of one domain determine one. In (b) it is all `h(c) + h'(d)`. On
the source a score for class c is `1[y = c]`; its part of mean 0 over the classes is determined, and the rest, 1/r, is a
function of the domain, of which the least norm is 0 off the source. All classes lose the same, so the largest score is
right. In (c) the span is everything, and the least norm is 0 off the source.

**Any graph**, any scores s, a source S of left nodes. With `q(x) = Pr_{x'|x}[x' ∈ S, y(x') = y(x)]`, the nodes x
outside S that are wrong have `Σ p(x) q(x) <= 2 (√V + √ε_S)²`, where `V = Σ_{x∉S, x'∈S} P_T(x, x') ‖s(x) - s(x')‖²` and
`ε_S = Σ_{x∉S, x'∈S} P_T(x, x') ‖s(x') - 1_{y(x')}‖²`, both over pairs of one class, `y(x) = y(x')`: the error of the
target is at most the largest mass that so much pays for.

Proof. Let x be wrong or tied: `‖s(x) - 1_{y(x)}‖² >= 1/2`. Summed over the induced pairs of x outside S and x' in S
that are of one class, the norms of `s(x) - 1_y = (s(x) - s(x')) + (s(x') - 1_y)` are at most `√V + √ε_S` (Minkowski).
Equality: one target ties, the scores of its class in S lie between label and tie, and all others are right.

Source: Shen et al. 2022, of whom the abstract and a summary were seen: α and β above γ make features transfer, and α
below γ turns them round. The model by captions, the conditions for more than two classes and domains, the second bound
and all proofs are derived here; HaoChen et al. 2022 (abstract seen) have a bound of the second kind.

Cost: O(nnz r + n_left log n_left) for r classes, on any graph.
"""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, required_labels
from pairbounds.theory.quantities.margins import error_within
from pairbounds.theory.quantities.probes import as_features, labelled_mask, probe
from pairbounds.theory.quantities.scores import round_off


def transfer_bound(graph: PairGraph, scores: npt.ArrayLike, source: npt.ArrayLike) -> float:
    """A bound of the 0-1 error on the target of any classifier, from its errors on the source and from the pairs.

    It needs the labels of the target only through `q(x) = Pr_{x'|x}[x' in the source, y(x') = y(x)]`, how often an
    induced pair leads from a target node to a source node of its class.

    Parameters
    ----------
    scores : (n_left, r)
        A score for each class present, in the order of the class numbers; ties count as errors.
    source : indices or boolean mask of left nodes
        Those whose labels the classifier may have seen; neither empty nor everything.

    Returns
    -------
    float : at most 1; the error is that given that a node is in the target.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; scores of the wrong shape; a source that is empty or everything.

    Notes
    -----
    The nodes of least q are the cheapest to get wrong (`pairbounds.theory.quantities.margins.error_within`). Only
    pairs of one class count: over 3,000 random graphs of up to 8 nodes a side, with scores near the labels, the mean
    bound was 0.643, and by all pairs 0.907. Cost: O(nnz r + n log n). Source: new here; see theorem 25.
    """
    inside = labelled_mask(source, graph.n_left)
    if inside.all():
        raise ValueError("source holds every left node: there is no target")
    targets = class_indicators(required_labels(graph, "left"))
    found = as_features(scores, graph.n_left, "scores")
    if found.shape != targets.shape:
        raise ValueError(f"scores has shape {found.shape}: this graph takes {targets.shape}, a column for each class")
    missed, mass = np.sum((found - targets.toarray()) ** 2, axis=1), graph.left_marginal
    led_back = _same_class_among(graph, targets, ~inside)[inside]
    seen = float((mass * missed)[inside] @ led_back)
    spent = np.sqrt(_variation_across(graph, found, targets, inside)) + np.sqrt(seen)
    reached = _same_class_among(graph, targets, inside)[~inside]
    masses = mass[~inside]
    return error_within(np.sqrt(reached), masses / masses.sum(), float(spent**2 / masses.sum()))


def _variation_across(
    graph: PairGraph, scores: FloatArray, targets: sp.csr_array, inside: npt.NDArray[np.bool_]
) -> float:
    """`Σ P_T(x, x') ‖s(x) - s(x')‖²` over x in the target and x' in the source of one class, rounded up."""

    def by_class(weights: FloatArray) -> tuple[sp.csr_array, ...]:
        """`Σ_{x of class c} w(x) P(x, l)`, (r, n_right), over the target and over the source."""
        weighted = sp.csr_array(targets * weights[:, None])
        return tuple(sp.csr_array(weighted[side].T @ graph.joint[side]) for side in (~inside, inside))

    def paired(one: sp.csr_array, other: sp.csr_array) -> float:
        return float(((one * other).sum(axis=0) / graph.right_marginal).sum())

    squares, masses = by_class(np.sum(scores**2, axis=1)), by_class(np.ones(graph.n_left))
    sizes = paired(squares[0], masses[1]) + paired(masses[0], squares[1])
    shared = 2 * sum(paired(*by_class(column)) for column in scores.T)
    return max(0.0, sizes - shared) + round_off(graph.n_left) * sizes


def _same_class_among(graph: PairGraph, targets: sp.csr_array, nodes: npt.NDArray[np.bool_]) -> FloatArray:
    """`Pr_{x'|x}[x' among the nodes, y(x') = y(x)]`, (n_left,)."""
    shares = sp.csr_array(targets[nodes].T @ graph.joint[nodes]) / graph.right_marginal  # (r, n_right)
    pairs = graph.joint.tocoo()
    rows, columns = pairs.coords
    reached = np.asarray(shares.tocsr()[targets.indices[rows], columns]).ravel()
    return np.bincount(rows, weights=pairs.data * reached, minlength=graph.n_left) / graph.left_marginal


TESTS = "tests/theory/test_transfer.py"

STATEMENTS = (
    Statement(
        "classes-by-domains",
        "exact",
        "Where induced pairs have weights ρ, α, β, γ with `α > γ` and `β > γ`, a head of least norm on the whitened "
        "optimum `U_k` of width r + m - 1, trained on some domains, has error 0 and squared error 1/r on all others.",
        probe,
        TESTS,
    ),
    Statement(
        "transfer",
        "exact",
        "On every graph the target nodes that any scores s get wrong have `Σ p(x) q(x) <= 2 (√V + √ε_S)²`, V and ε_S "
        "over pairs of one class.",
        transfer_bound,
        TESTS,
    ),
)
