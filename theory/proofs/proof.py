"""Bounds of a graph with proofs, whose check needs no trust in floating point or in this package.

A bound is a polynomial p with `p >= 0` on [0, 1] and `p >= 1` on `[0, b]`. The moments `a_j` of the label-energy
measure ν (theorem 15) give `ν([0, b]) <= Σ_j p_j a_j`, a bound on `ε₂(f*)` if `σ²_{k+1} <= b`. Degree 1 is theorem 4,
the best p theorem 15, and `b = μ²` theorem 18. Proofs have only integers and decimals, which `verify.py` checks exactly
(`docs/proofs.md`). Source: new here.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from math import log10
from typing import Any

import numpy as np

from pairbounds.infrastructure.checks import require_width
from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.inputs import AnyPath
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.proofs import verify
from pairbounds.theory.proofs.decimals import DIGITS, ZERO, above, below, written
from pairbounds.theory.proofs.places import BITS, Places, places
from pairbounds.theory.proofs.polynomials import Polynomial, above_step, chord
from pairbounds.theory.proofs.vote_proofs import State, best_price, error, margins, vote
from pairbounds.theory.quantities.multihop_consistency import ROUND_OFF, extremal_rule, label_measure

FORMAT = "pairbounds proof 1"
WALK_BITS = 256  # after the binary point, of class probabilities that are not exact
VALUE_DIGITS = 16
EXACT_NODES = 12  # most nodes of both sides for exact moments
ORDER = 16  # default; more add little in double precision
LARGEST_ORDER = 32  # limit of the verifier
LAST_CLASS = 2**31  # limit of class numbers in the verifier
ERRORS = (("probe_mse", 1), ("probe_error", 2))  # multiples of a bound on the label energy
LONGEST = 4_000  # digits of a number that Python reads

Interval = tuple[Fraction, Fraction]
KEYS = frozenset({"format", "graph", "moments", "claims"})  # identify a file as a proof


@dataclass(frozen=True)
class Claim:
    """Claim `quantity <= value` with its evidence.

    Attributes
    ----------
    theorem : 4, 15, 16 or 18
    quantity : "probe_mse" or "probe_error"
    value : a decimal, rounded up
    polynomial : p_0..p_d, decimals; of theorem 16, P
    filter, price : q_0..q_d and λ of theorem 16; else empty and 0
    """

    theorem: int
    quantity: str
    value: Fraction
    polynomial: tuple[Fraction, ...]
    filter: tuple[Fraction, ...] = ()
    price: Fraction = ZERO

    def record(self) -> dict[str, Any]:
        """Record of the claim for JSON."""
        record = {
            "theorem": self.theorem,
            "quantity": self.quantity,
            "value": written(self.value),
            "polynomial": [*map(written, self.polynomial)],
        }
        vote = {"filter": [*map(written, self.filter)], "price": written(self.price)}
        return record | vote if self.filter else record


@dataclass(frozen=True)
class Proof:
    """Claims about a graph and a width, with all data for their check except the graph.

    Attributes
    ----------
    graph : digest of sizes, weights and labels
    k : width
    penalty : μ of the penalised spectral loss of the claims; 0 without one
    places : cut of the spectrum
    walk_bits : bits of the walks for the moments; 0 if these are exact
    moments : an interval for each of a_0, a_1, ...
    """

    graph: str
    k: int
    penalty: Fraction
    places: Places
    walk_bits: int
    moments: tuple[Interval, ...]
    claims: tuple[Claim, ...]

    @property
    def subject(self) -> str:
        """Minimisers of the claims, in words."""
        penalty = f"with the penalty {float(self.penalty)}" if self.penalty else "without a penalty"
        return f"every minimiser of width {self.k} of the spectral loss {penalty}"

    def value(self, quantity: str) -> Fraction:
        """Least proved value of "probe_mse" or "probe_error"; `KeyError` without such a claim."""
        values = [claim.value for claim in self.claims if claim.quantity == quantity]
        if not values:
            raise KeyError(quantity)
        return min(values)

    def record(self) -> dict[str, Any]:
        """Record of the proof for JSON; docs/proofs.md explains its keys."""
        return {
            "format": FORMAT,
            "graph": self.graph,
            "k": self.k,
            "penalty": written(self.penalty),
            "claims": [claim.record() for claim in self.claims],
            "at_most": written(self.places.at_most),
            "at_least": written(self.places.at_least),
            "walk_bits": self.walk_bits,
            "moments": [[written(end) for end in interval] for interval in self.moments],
            "bits": BITS,
            "basis": self.places.basis,
        }

    def save(self, path: AnyPath) -> None:
        """Write the proof as JSON, atomically."""
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(self.record()) + "\n", encoding="utf-8")


def prove(graph: PairGraph, k: int, *, penalty: float | None = None, order: int = ORDER) -> Proof:
    """Bounds of the linear probe on the optimum of width k, with a proof: theorems 4 and 15, or 18 with a penalty.

    Parameters
    ----------
    k : 1..min(n_left, n_right)
    penalty : μ in (0, 1), as its printed decimal, for claims about the minimisers of width k of the spectral loss with
        the penalty `μ (E‖f‖² + E‖g‖²)`
    order : M of the multi-hop bounds, 1..`LARGEST_ORDER`: the moments `a_0..a_{2 order}`

    Raises
    ------
    ValueError : no labels on the left, or a label of `LAST_CLASS` or more; k, penalty or order out of range; σ_{k+1} is
        1 up to rounding, so there is no bound; more than `LIMIT_SIDE` distinct nodes on the smaller side

    Notes
    -----
    The statement is about the stored weights as exact numbers. O(n³) time and O(n²) memory for n distinct nodes on the
    smaller side, and O(order nnz r) products of long integers for r classes.

    Examples
    --------
    >>> from pairbounds import PairGraph, prove
    >>> proof = prove(PairGraph([[3, 1], [1, 3]], [0, 1]), k=1)
    >>> round(float(proof.value("probe_mse")), 9)
    0.5
    """
    require_width(graph.shape, k)
    mu = ZERO if penalty is None else Fraction(str(float(penalty)))
    if penalty is not None and not 0 < mu < 1:
        raise ValueError(f"penalty={penalty!r} is not in (0, 1)")
    if not 1 <= order <= LARGEST_ORDER:
        raise ValueError(f"order={order!r} is not in 1..{LARGEST_ORDER}")
    exact = exact_graph(graph)
    computed = places(graph, exact, k)
    at_least = computed.at_least if computed.at_least > mu**2 else ZERO
    cut = replace(computed, at_most=max(computed.at_most, mu**2), at_least=at_least)
    if cut.at_most >= 1:
        raise ValueError(f"σ_(k+1) is 1 up to rounding at k = {k}: no bound follows, and so there is none to prove")
    jacobi = label_measure(graph, order)
    nodes, _ = extremal_rule(jacobi, float(cut.at_most) + ROUND_OFF, ROUND_OFF)
    one_hop, best = chord(cut.at_most), above_step(nodes, cut.at_most, pinned=len(nodes) == len(jacobi.diagonal) + 2)
    q, majorant = vote(graph, cut.at_most, max(cut.at_least, mu**2), order)
    walks = _Walks.of(exact, max(1, len(best) - 1, len(majorant) - 1, 2 * len(q) - 2))
    theorems = ((18, best),) if penalty is not None else ((4, one_hop), (15, best))
    claims = [*(claim for theorem, chosen in theorems for claim in walks.of_mass(theorem, chosen))]
    claims.append(walks.of_vote(exact, q, majorant))
    return Proof(exact.digest, k, mu, cut, walks.bits, walks.moments, tuple(claims))


def exact_graph(graph: PairGraph) -> verify.Graph:
    """Graph of the verifier, with integers for weights: bounds do not depend on their scale."""
    labels, joint = required_labels(graph, "left"), graph.joint
    if int(labels.max()) >= LAST_CLASS:
        raise ValueError(f"a left label is {LAST_CLASS} or more: number the classes from 0 on")
    right_labels = np.empty(0) if graph.right_labels is None else graph.right_labels
    arrays = (joint.shape, joint.indptr, joint.indices, joint.data, labels, right_labels)
    return verify.Graph([np.asarray(array).tolist() for array in arrays])


@dataclass(frozen=True)
class _Walks:
    """Walks of a graph, the moments that they give, and what polynomials make of them."""

    bits: int
    states: list[State]
    moments: tuple[Interval, ...]

    @classmethod
    def of(cls, exact: verify.Graph, steps: int) -> "_Walks":
        """Walks of a graph, exact if it is small and the numbers can be written down."""
        if len(exact.rows) + len(exact.columns) <= EXACT_NODES:
            with suppress(verify.Refusal):  # of more work than the verifier allows
                states = exact.walks(steps, 0)
                moments = tuple(exact.moment(j, state, 0) for j, state in enumerate(states))
                if all(log10(end.denominator) < LONGEST for interval in moments for end in interval):
                    return cls(0, states, moments)
        states = exact.walks(steps, WALK_BITS)
        wide = (exact.moment(j, state, WALK_BITS) for j, state in enumerate(states))
        return cls(WALK_BITS, states, tuple((below(low, DIGITS), above(high, DIGITS)) for low, high in wide))

    def of_mass(self, theorem: int, polynomial: Polynomial) -> Iterator[Claim]:
        """Claims by a polynomial above the step: its integral for the squared error, twice that for the 0-1 error."""
        for quantity, factor in ERRORS:
            value = above(factor * self._integral(polynomial), VALUE_DIGITS)
            yield Claim(theorem, quantity, value, tuple(polynomial))

    def of_vote(self, exact: verify.Graph, q: Polynomial, majorant: Polynomial) -> Claim:
        """Claim on the 0-1 error from a vote."""
        ahead, budget = margins(q, exact, self.states, self.bits), self._integral(majorant)
        price = best_price(ahead, exact.left, budget)
        value = above(error(ahead, exact.left, budget, price), VALUE_DIGITS)
        return Claim(16, "probe_error", value, tuple(majorant), tuple(q), price)

    def _integral(self, polynomial: Polynomial) -> Fraction:
        """The most that `Σ_j p_j a_j` can be."""
        pairs = zip(polynomial, self.moments, strict=False)
        return sum((max(c * low, c * high) for c, (low, high) in pairs), ZERO)
