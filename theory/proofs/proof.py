"""Bounds of one graph with their proofs: a certificate whose checking needs no trust in floating point or in us.

A bound of this kind is a polynomial. With the moments `a_j` of the label-energy measure ν (theorem 15), `p >= 0` on
[0, 1] and `p >= 1` on `[0, b]` show `ν([0, b]) <= Σ_j p_j a_j`, and with `σ²_{k+1} <= b` that is a bound of `ε₂(f*)`.
Its weakest form, of degree 1, is theorem 4; its best, theorem 15; with `b = μ²` it is theorem 18. All that a proof says
is in integers and in decimals, to be checked exactly: `examples/verify_proof.py` does so, and `docs/proofs.md` says why
that is enough. Source: new here.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from typing import Any

from theory.graph import PairGraph
from theory.infrastructure.hypotheses import require_width
from theory.infrastructure.tables import replacing
from theory.multihop import HOPS, ROUND_OFF, extremal_rule, label_measure
from theory.proofs.decimals import above, below, written
from theory.proofs.exact_graph import ExactGraph, Interval
from theory.proofs.places import BITS, Places, places
from theory.proofs.polynomials import Polynomial, above_step, chord

FORMAT = "pairbounds proof 1"
WALK_BITS = 256  # after the binary point, of class probabilities that are not exact
MOMENT_DIGITS = 70
VALUE_DIGITS = 16
EXACT_NODES = 12  # of both sides: the moments of graphs no larger are exact
LONGEST = 4_000  # digits of a number that Python reads

KEYS = frozenset({"format", "graph", "moments", "claims"})  # by which a file is known for a proof


@dataclass(frozen=True)
class Claim:
    """`quantity <= value`, with what shows it.

    Attributes
    ----------
    theorem : 4, 15 or 18
    quantity : "probe_mse" or "probe_error"
    value : a decimal, rounded up
    polynomial : p_0..p_d, decimals
    """

    theorem: int
    quantity: str
    value: Fraction
    polynomial: tuple[Fraction, ...]

    def record(self) -> dict[str, Any]:
        """What JSON has of it."""
        return {
            "theorem": self.theorem,
            "quantity": self.quantity,
            "value": written(self.value),
            "polynomial": [written(coefficient) for coefficient in self.polynomial],
        }


@dataclass(frozen=True)
class Proof:
    """What is claimed of one graph and one width, and all that checking it needs beside the graph.

    Attributes
    ----------
    graph : digest of sizes, weights and labels
    k : width
    penalty : μ of the penalised spectral loss, whose minimisers the claims are about; 0 without one
    places : where the spectrum is cut
    walk_bits : of the walks that the moments come from; 0 if they are exact
    moments : an interval for each of a_0, a_1, ...
    """

    graph: str
    k: int
    penalty: Fraction
    places: Places
    walk_bits: int
    moments: tuple[Interval, ...]
    claims: tuple[Claim, ...]

    def value(self, quantity: str) -> Fraction:
        """The least that is proved of "probe_mse" or "probe_error"; `KeyError` if there is no such claim."""
        values = [claim.value for claim in self.claims if claim.quantity == quantity]
        if not values:
            raise KeyError(quantity)
        return min(values)

    def record(self) -> dict[str, Any]:
        """What JSON has of it: docs/proofs.md says what each key means."""
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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON; an interrupted write leaves an old file whole."""
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(self.record()) + "\n", encoding="utf-8")


def prove(graph: PairGraph, k: int, *, penalty: float | None = None, hops: int = HOPS) -> Proof:
    """Bounds of the linear probe on the optimum of width k, with a proof: theorems 4 and 15, or 18 with a penalty.

    Parameters
    ----------
    k : int
        1..min(n_left, n_right).
    penalty : float, optional
        μ in (0, 1), the decimal that it is printed as: the claims are about the minimisers of width k of the spectral
        loss with the penalty `μ (E‖f‖² + E‖g‖²)`.
    hops : int
        At least 1: the moments `a_0..a_{2 hops}` are used.

    Raises
    ------
    ValueError
        No labels on the left; k, penalty or hops out of range; σ_{k+1} is 1 up to rounding, so that there is no bound
        to prove; more than `LIMIT_SIDE` distinct nodes on the smaller side.

    Notes
    -----
    The statement is about the stored weights as exact numbers, over their exact sum. O(n³) time and O(n²) memory for n
    distinct nodes on the smaller side, and O(hops nnz r) products of long integers for r classes.

    Examples
    --------
    >>> from theory import PairGraph, prove
    >>> proof = prove(PairGraph([[3, 1], [1, 3]], [0, 1]), k=1)
    >>> round(float(proof.value("probe_mse")), 9)
    0.5
    """
    require_width(graph.joint.shape, k)
    mu = Fraction(0) if penalty is None else Fraction(str(float(penalty)))
    if penalty is not None and not 0 < mu < 1:
        raise ValueError(f"penalty={penalty!r} is not in (0, 1)")
    exact = ExactGraph(graph)
    known = places(graph, exact, k)
    place = max(known.at_most, mu**2)
    if place >= 1:
        raise ValueError(f"σ_(k+1) is 1 up to rounding at k = {k}: no bound follows, and so there is none to prove")
    shown = Places(place, Fraction(0), known.basis)
    nodes, _ = extremal_rule(label_measure(graph, hops), float(place) + ROUND_OFF, ROUND_OFF)
    polynomials = chord(place), above_step(nodes, place)
    walk_bits, moments = _moments(exact, max(map(len, polynomials)) - 1)
    claims = tuple(_claims(polynomials, moments, penalised=penalty is not None))
    return Proof(exact.digest, k, mu, shown, walk_bits, moments, claims)


def _claims(polynomials: Sequence[Polynomial], moments: Sequence[Interval], *, penalised: bool) -> Iterator[Claim]:
    """The one-hop bound and the best, each of the squared error, and twice that of the 0-1 error."""
    values = [_integral(polynomial, moments) for polynomial in polynomials]
    best = min(range(len(values)), key=values.__getitem__)
    for theorem, chosen in ((18, best),) if penalised else ((4, 0), (15, best)):
        for quantity, factor in (("probe_mse", 1), ("probe_error", 2)):
            value = above(factor * values[chosen], VALUE_DIGITS)
            yield Claim(theorem, quantity, value, tuple(polynomials[chosen]))


def _integral(polynomial: Polynomial, moments: Sequence[Interval]) -> Fraction:
    """The most that `Σ_j p_j a_j` can be."""
    return sum((max(c * low, c * high) for c, (low, high) in zip(polynomial, moments, strict=False)), Fraction(0))


def _moments(exact: ExactGraph, steps: int) -> tuple[int, tuple[Interval, ...]]:
    """The bits of the walks, and an interval for each moment: of small graphs without bits, the moments themselves."""
    if len(exact.rows) + len(exact.columns) <= EXACT_NODES:
        found = exact.moments(steps, 0)
        if all(log10(end.denominator) < LONGEST for interval in found for end in interval):
            return 0, tuple(found)
    wide = exact.moments(steps, WALK_BITS)
    return WALK_BITS, tuple((below(low, MOMENT_DIGITS), above(high, MOMENT_DIGITS)) for low, high in wide)
