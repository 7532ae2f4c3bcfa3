"""Verdicts as theorems of Coq: the certificate of a proof in integers, and theorems that `vm_compute` closes.

`theory/formal` has the test that decides, in integers, and the proof that it is sound: `Place.v` and `Lower.v` for the
cut of the spectrum, `Walks.v` for the moments, `Bernstein.v` for polynomials, `Checker.v` for all together, `Ballots.v`
for votes, `OneGraph.v` for the form of a theorem. A file is written only after the same test has been passed here, and
is a function of the graph and of the numbers of its certificate: `coq_check` writes it again. Source: new here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, isqrt, lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.hypotheses import require_width
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.proofs import verify
from pairbounds.theory.proofs.decimals import ZERO, above
from pairbounds.theory.proofs.places import BITS, left_places
from pairbounds.theory.proofs.proof import ERRORS, VALUE_DIGITS, Claim, Proof, assembled, exact_graph
from pairbounds.theory.proofs.vote_proofs import best_price, error, margins

BEGINNING = "(* pairbounds theorem 1:"  # of every file
PRECISION = 48  # bits after the binary point of the integral of a polynomial
HOPS = 8  # of the moments: polynomials have at most twice this degree
MOST_WORK = 1_000_000  # products of long integers, as for 100 x 100 nodes, which take Coq several minutes

Integers = npt.NDArray[np.object_]  # of any length

HEAD = """{beginning} bounds of the probe on {subject}, on one graph.
   SHA-256 of its sizes, weights and labels: {digest}.
   There are only numbers here: the graph and a certificate. OneGraph.v says what follows from them.
   A file that somebody else sent may redefine anything: do not give it to coqc. This reads the certificate's integers,
   writes the file again from GRAPH.npz and these, compares both, and gives its own to coqc:
     pairbounds check GRAPH.npz --proof THIS_FILE.v --verify *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect.
From Pairbounds Require Import Integers Place Checker OneGraph.
Open Scope hex_int_scope.
{weights_rows}
{basis_rows}
{factor_rows}
{roots_rows}
Open Scope Z_scope.
Definition counts : problem := Problem {n}%nat {m}%nat {weights}
  {labels} {last}%nat.
Definition certificate : Checker.certificate := Certificate
"""

PLACE = """  (Place {k}%nat {place_num} {place_den} {unit}
    roots_0
"""

CHECKED = """    {basis} {basis_unit}
    {factor} {factor_unit}
    {left_over})
  {one} {moments}.

Lemma checked : check counts certificate. Proof. vm_cast_no_check (erefl true). Qed.
"""

MASS = """
(* Theorem {theorem}. *)
Lemma theorem_{theorem}_checked : mass_claim counts certificate {mu_num} {mu_den}
  {polynomial} {over} {num} {den}.
Proof. vm_cast_no_check (erefl true). Qed.
Theorem theorem_{theorem} : mse_at_most counts {k} {mu_num} {mu_den} {num} {den}.
Proof. exact (mass_proved checked theorem_{theorem}_checked). Qed.
"""

VOTE = """
(* Theorem {theorem}, votes. *)
Lemma theorem_{theorem}_votes_checked : vote_claim counts certificate {mu_num} {mu_den}
  {polynomial} {filter}
  {over} {filter_over} {low_num} {low_den} {price_num} {price_den} {num} {den}.
Proof. vm_cast_no_check (erefl true). Qed.
Theorem theorem_{theorem}_votes : error_at_most counts {k} {mu_num} {mu_den} {num} {den}.
Proof. exact (vote_proved checked theorem_{theorem}_votes_checked). Qed.
"""


@dataclass(frozen=True)
class CoqProof(Proof):
    """Proof with values that Coq confirms, and the text of its file."""

    text: str = ""


def prove_in_coq(graph: PairGraph, k: int, *, penalty: float | None = None) -> CoqProof:
    """Bounds of the linear probe on the optimum of width k, as theorems of Coq: 4, 15 and 16, or 18 with a penalty.

    `ValueError`: as `prove`, and for a graph that is too large for Coq.

    `k`, `penalty`: as in `prove`.

    Examples
    --------
    >>> from pairbounds import PairGraph
    >>> round(float(prove_in_coq(PairGraph([[3, 1], [1, 3]], [0, 1]), k=1).value("probe_mse")), 9)
    0.5
    """
    require_width(graph.shape, k)
    require_small(graph)
    exact, cut = exact_graph(graph), left_places(graph, k)
    upper = replace(cut, at_least=ZERO)
    for places in (cut, upper) if penalty is None else (upper,):
        proof = assembled(graph, exact, k, penalty, HOPS, places)
        writer = _Writer(exact, proof)
        if writer.lower_holds():
            break
    masses = [writer.with_value(claim) for claim in proof.claims if claim.quantity == "probe_mse"]
    least = min(Fraction(1), *(2 * claim.value for claim in masses))
    votes = [writer.with_price(claim) for claim in proof.claims if claim.filter]
    worthy = [claim for claim in votes if writer.with_value(claim).value < least]
    return from_numbers(exact, replace(proof, claims=(*masses, *worthy)))


def from_numbers(exact: verify.Graph, proof: Proof) -> CoqProof:
    """File of a certificate: the cut of a proof, and the polynomials of its claims with their values in Coq."""
    writer = _Writer(exact, proof)
    if not writer.lower_holds():
        raise ValueError("σ²_k is not shown to be at least its place")
    claims: list[Claim] = []
    for claim in map(writer.with_value, proof.claims):
        errors = [("probe_error", 1)] if claim.filter else ERRORS
        claims += [replace(claim, quantity=name, value=factor * claim.value) for name, factor in errors]
    return CoqProof(**vars(proof) | {"claims": tuple(claims)}, text=writer.text())


def require_small(graph: PairGraph) -> None:
    """Refuse a graph that is too large for Coq."""
    n, m = graph.shape
    if n**2 * max(n, m) > MOST_WORK:
        part = "give its largest component, or " if graph.n_components > 1 else ""
        raise ValueError(f"{n} x {m} nodes are too many for Coq: {part}write the proof to a .json file, for more nodes")


class _Writer:
    def __init__(self, exact: verify.Graph, proof: Proof) -> None:
        self._exact, self._proof = exact, proof
        unit = gcd(*(weight for row in exact.rows for _, weight in row))
        self._weights = np.zeros((len(exact.rows), len(exact.columns)), dtype=object)  # whole numbers of any length
        for row, line in zip(self._weights, exact.rows, strict=True):
            for end, weight in line:
                row[end] = weight // unit
        self._classes = max(exact.classes) + 1
        polynomials = [claim.polynomial for claim in proof.claims]
        hops = max(len(claim.filter) for claim in proof.claims)
        steps = max(*map(len, polynomials), 2 * hops) - 1 | 1
        lost = max(sum(2 * self._classes * j * abs(c) for j, c in enumerate(polynomial)) for polynomial in polynomials)
        self._bits = PRECISION + int(lost).bit_length()  # of walks, of which large coefficients need more
        self._states = exact.walks(steps, self._bits)
        total = sum(exact.left)
        ends = (exact.moment(j, state, self._bits) for j, state in enumerate(self._states))
        self._total, self._moments = total // unit, [int(low * (total << 2 * self._bits) / unit) for low, _ in ends]

    def text(self) -> str:
        """Text of the file."""
        exact, proof = self._exact, self._proof
        head = (HEAD + PLACE + CHECKED).format(
            beginning=BEGINNING,
            subject=proof.subject,
            digest=proof.graph,
            n=len(exact.rows),
            m=len(exact.columns),
            **_rows("weights", self._weights),
            labels="[:: " + "; ".join(f"{label}%nat" for label in exact.classes) + "]",
            last=self._classes - 1,
            k=proof.k,
            one=1 << self._bits,
            moments=_list(self._moments),
            **self._certificate(),
        )
        theorems = [*map(self._theorem, map(self.with_value, proof.claims))]
        names = re.findall(r"^Theorem (\w+)", "".join(theorems), re.MULTILINE)
        return "".join([head, *theorems, "\n", *(f"Print Assumptions {name}.\n" for name in names)])

    def with_value(self, claim: Claim) -> Claim:
        """Claim with the value of its polynomials in Coq."""
        value, masses = self._budget(claim), self._exact.left
        if claim.filter:
            value = error(self._margins(claim), masses, value, claim.price)
        return replace(claim, value=above(value, VALUE_DIGITS))

    def with_price(self, claim: Claim) -> Claim:
        """Claim of a vote with its best price."""
        return replace(claim, price=best_price(self._margins(claim), self._exact.left, self._budget(claim)))

    def _margins(self, claim: Claim) -> list[Fraction]:
        return margins([*claim.filter], self._exact, self._states, self._bits)

    def _budget(self, claim: Claim) -> Fraction:
        """Upper bound on the integral of the claim's polynomial, as in Coq."""
        over, coefficients = _over_one(claim.polynomial)
        unit, numerator = 1 << self._bits, 0
        for j, (coefficient, low) in enumerate(zip(coefficients, self._moments, strict=False)):
            slack = self._total * self._classes * j * (2 * unit + j)
            numerator += coefficient * low + max(0, coefficient * slack)
        return Fraction(numerator, self._total * unit**2 * over)

    def _theorem(self, claim: Claim) -> str:
        """Theorem by a polynomial above the step, or by a vote."""
        mu, value, low = self._proof.penalty, claim.value, self._proof.places.at_least
        over, coefficients = _over_one(claim.polynomial)
        filter_over, votes = _over_one(claim.filter)
        return (VOTE if claim.filter else MASS).format(
            theorem=18 if mu else claim.theorem,
            k=self._proof.k,
            polynomial=_list(coefficients),
            filter=_list(votes),
            over=over,
            filter_over=filter_over,
            **_quotient("mu", mu),
            **({"low_num": mu.numerator**2, "low_den": mu.denominator**2} if mu else _quotient("low", low)),
            **_quotient("price", claim.price),
            num=value.numerator,
            den=value.denominator,
        )

    def lower_holds(self) -> bool:
        """True if Coq accepts `σ_k² >= b'`: the matrix of its test is diagonally dominant."""
        places = self._proof.places
        num, den = places.at_least.numerator, places.at_least.denominator
        left, right, unit, _, roots = self._scale()
        columns = roots[:, None] * np.array(places.basis, dtype=object)
        met = self._weights.T @ columns
        matrix = den * met.T @ ((unit // right)[:, None] * met) - num * unit * columns.T @ (left[:, None] * columns)
        diagonal = np.diag(matrix)
        return bool(np.all(np.abs(matrix).sum(axis=1) - np.abs(diagonal) < diagonal)) or num == 0

    def _scale(self) -> tuple[Integers, Integers, int, int, Integers]:
        """Both marginals, the unit of the inverses of the right one, and the scale of the roots of the left one."""
        left, right = self._weights.sum(axis=1), self._weights.sum(axis=0)
        scale = max(left).bit_length() // 2 + 1 + BITS
        roots = np.array([isqrt((1 << 2 * scale) // mass) for mass in left], dtype=object)
        return left, right, 1 << (max(right).bit_length() + BITS), scale, roots

    def _certificate(self) -> dict[str, Any]:
        """The cut: on the scale of the normalised matrix, V and the factor L are integers over `2^BITS`."""
        places, weights = self._proof.places, self._weights
        left, right, unit, scale, roots = self._scale()
        num, den = places.at_most.numerator, places.at_most.denominator
        size = den * unit << 2 * scale >> 2 * BITS
        basis, inverses = np.array(places.basis, dtype=object), -(-unit // right)
        matrix = size * basis @ basis.T - den * np.outer(roots, roots) * ((weights * inverses) @ weights.T)
        matrix += np.diag(num * unit * roots**2 * left)
        lower = [row[: i + 1] for i, row in enumerate((matrix // size).tolist())]
        factor = verify.definite(lower)
        if not factor:
            raise ValueError("the cut of the spectrum cannot be certified in integers: ask for another width")
        return {
            "place_num": num,
            "place_den": den,
            "unit": unit,
            **_rows("roots", roots[None]),
            **_rows("basis", places.basis),
            "basis_unit": size,
            **_rows("factor", factor),
            "factor_unit": size,
            "left_over": (isqrt(max(row[-1] for row in lower)) + 2) * size,
        }


def _quotient(name: str, number: Fraction) -> dict[str, int]:
    return {f"{name}_num": number.numerator, f"{name}_den": number.denominator}


def _over_one(fractions: Sequence[Fraction]) -> tuple[int, list[int]]:
    """Common denominator and numerators of fractions."""
    over = lcm(*(fraction.denominator for fraction in fractions))
    return over, [int(fraction * over) for fraction in fractions]


def _list(numbers: Iterable[int]) -> str:
    return "[:: " + "; ".join(str(number) if number >= 0 else f"({number})" for number in numbers) + "]"


def _rows(name: str, rows: Sequence[Sequence[int]] | Integers) -> dict[str, str]:
    """Definitions of rows, and the list of their names: Coq is much slower with a single list of lists."""
    names = [f"{name}_{i}" for i in range(len(rows))]
    lists = ("; ".join(hex(number) if number >= 0 else f"({hex(number)})" for number in row) for row in rows)
    lines = (
        f"Definition {row_name} : seq Z := integers [:: {row}]." for row_name, row in zip(names, lists, strict=True)
    )
    return {f"{name}_rows": "\n".join(lines), name: "[:: " + "; ".join(names) + "]"}
