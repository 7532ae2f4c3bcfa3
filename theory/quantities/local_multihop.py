"""Number of nodes that an optimum near multi-hop scores may get wrong: the computations of theorem 16.

Let A = ĀĀᵀ, Π the projector on the top k, and q a polynomial: the **filter**. The probe's weighted scores are `ΠỸ`, and
those of the filter `q(A)Ỹ` are near them: with A's eigenvalues at most b where Π is 0 and at least b' where it is 1,
`‖(Π - q(A))Ỹ‖² <= ∫ P dν` for every polynomial P with `P >= q²` on [0, b] and `P >= (1 - q)²` at the eigenvalues that Π
keeps, or simply on [b', 1]: the **majorant**. Its integral is a sum of moments of the label-energy measure ν (theorem
15), and with the margins of the filter's scores it bounds the error (`pairbounds.theory.quantities.margins`).

Where filters come from. Take the quadrature rule of theorem 15 with a node at a place c between b and b'. Its step
`q_0` is 0 at the nodes below c, 1/2 at c and 1 above. For a share w in [0, 1] let `q = (1 - w) q_0 + w`, and P the
polynomial of degree 2m that meets q² at the nodes up to c and (1 - q)² at those above, with their slopes except at c
and at the ends of [0, 1]. w = 1 is theorem 15. Then `∫ P dν` is a sum over the rule,

    w² M + ((1 + w)/2)² w_c,   M the weight below c and w_c that at c, where no end is a node,

and P is a majorant: no linear programme over majorants of this q on [0, c] and [c, 1] finds less, since the rule is
itself a measure with the moments of ν.

Proof, for a Gauss-Radau rule, on the whole line. Let ω be the product over all nodes but c, `P_0 = (ω / 2ω(c))²` that
of w = 0, and P_1 that of w = 1, which is at least 1 below c and at least 0 above (Markov, Stieltjes). Write `ω = ω₋ω₊`
by sides, `q_0 = ω₋u` and `v = ω₊ / 2ω(c)`, so that left of c `P_0 >= q_0²` says `|u| <= |v|`. At c u = v; at the nodes
above v is 0 and u is `1/ω₋`, which is completely monotone there. In Newton's form the interpolant of such a function is
positive left of its nodes: hence `v - u = (c - t) I` with I that of `1 / (ω₋ (t - c))`, and `v + u` is the interpolant
of `1/ω₋` at c and above. (Signs for an even number of nodes above; else both change.) So `P_0 >= q_0²` left of c, and
by symmetry `P_0 >= (1 - q_0)²` right of it. Let H be the polynomial that meets `q² - (1 - q)² = 2q - 1` up to c and 0
above as P does: it is linear in w, `P = (1 - q)² + H`, and both `H_0 = P_0 - (1 - q_0)²` and `H_1 = P_1` are at least 0
right of c. Left of it `P - q² = H - (2q - 1)` is linear in w too, and at least 0 at both ends. ∎

Where a Radau node would leave [0, 1] theorem 15's rule has both ends among its nodes (here `BESIDE` them), and its q
one degree more. P is mostly a majorant then, too, and a smaller one; but not always (one moment pair and a step at
0.05, where q overshoots), so that both are tried. Neither this nor the round-off of P is trusted: each P that is used
is **certified**, by its values on a fine grid and a bound of what can lie between two points of it, and raised by what
it lacks.

Source: new here.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

import numpy as np
from numpy.polynomial import chebyshev

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.polynomials import least_seen, proved_range
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.hop_scores import filtered_margins
from pairbounds.theory.quantities.margins import error_within
from pairbounds.theory.quantities.multihop import (
    FAR,
    ROUND_OFF,
    JacobiMatrix,
    Rule,
    extremal_rule,
    label_measure,
    radau_rule,
    rule_of_all_moments,
)
from pairbounds.theory.spectrum.triplets import Spectrum

HOPS = 16  # of `local_multihop` by default; beyond, double precision adds little
SHARES = np.array([0.0, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0])
NEAR = 1e-7  # an atom of ν this close to the place of the step takes its place
BESIDE = 1e-9  # of an end, a node: at the end itself, an atom there would leave the other nodes to the last digits
AT_ONCE = 2**21  # scores, all filters together: 16 MiB; of large graphs fewer filters are tried
FEWEST = 4
TINY = 1e-18  # stands for no distance at all: a point moved by it is the same in double precision
EPS = float(np.finfo(np.float64).eps)

Polynomial = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Cut:
    """End of the top k, as intervals for the eigenvalues of A = ĀĀᵀ.

    Attributes
    ----------
    below : no value that the projector leaves out is above it
    above : no value that it keeps is below it; below `below` in a tie
    kept : (j,), the values that it keeps, or `None`: then they are anywhere in [above, 1]
    rounding : by how much, in the Frobenius norm, A may be off from the matrix whose projector is meant
    noise : by how much, in the same norm, the scores of that projector may be off as they are measured
    """

    below: float
    above: float
    kept: FloatArray | None = None
    rounding: float = ROUND_OFF
    noise: float = ROUND_OFF

    @classmethod
    def of(cls, spectrum: Spectrum, k: int) -> "Cut":
        """The cut between σ_k and σ_{k+1}, from at least k + 1 triplets; above the rank that at the rank.

        The computed vectors span an invariant subspace, exactly that of the computed values, of a matrix that differs
        from Ā by at most √2 times the residuals: so neither a tie nor a small gap costs anything.
        """
        last, rounding = min(k, spectrum.rank), spectrum.rounding + ROUND_OFF
        return cls(
            below=min(1.0, float(spectrum.upper_values[last]) ** 2 + rounding),
            above=max(0.0, float(spectrum.lower_values[last - 1]) ** 2 - rounding),
            kept=spectrum.singular_values[:last] ** 2,
            rounding=rounding,
            noise=rounding + 8 * math.sqrt(k) * spectrum.round_off,
        )

    @classmethod
    def at_penalty(cls, spectrum: Spectrum, k: int, kept: int, penalty: float) -> "Cut":
        """The cut at `μ²` of the penalised optimum of width k, which keeps `kept` directions (theorem 18).

        Where the width ends the span first, the cut is there. The values are compared as computed, as in `of`.
        """
        whole = cls.of(spectrum, kept)
        ended = kept == k
        beyond = float(spectrum.upper_values[k]) ** 2 if ended else 0.0
        last = float(spectrum.lower_values[k - 1]) ** 2 if ended else 0.0
        return replace(
            whole,
            below=min(1.0, max(penalty**2, beyond) + whole.rounding),
            above=max(0.0, max(penalty**2, last) - whole.rounding),
            kept=None,
        )

    def places(self) -> list[float]:
        """Places of a step: any place between the two is right."""
        if self.above <= self.below:
            return [self.below]
        return [(self.below + self.above) / 2, self.below, self.above]


@dataclass(frozen=True, eq=False)
class LocalBound:
    """A bound of the 0-1 error, and the polynomials that prove it.

    Attributes
    ----------
    error : the bound, at most 1
    filter : (d + 1,), q in the basis `T_j(2t - 1)`, j = 0..d
    majorant : (n + 1,), P in the same basis, n <= 2 hops: `P >= q²` on [0, below] and `P >= (1 - q)²` on [above, 1], or
        at the values kept where these are known
    budget : `∫ P dν`, with what round-off may add: at least `‖(Π_k - q(A))Ỹ‖²`
    allowance : how much of the error is for round-off, and for what P lacks of a majorant before it is raised
    """

    error: float
    filter: FloatArray
    majorant: FloatArray
    budget: float
    allowance: float = 0.0


def local_multihop(graph: PairGraph, spectrum: Spectrum, k: int, hops: int = HOPS) -> LocalBound:
    """Theorem 16: a bound of the 0-1 error of a linear probe on the top k, by multi-hop scores and `σ_k`, `σ_{k+1}`.

    Parameters
    ----------
    spectrum : at least k + 1 triplets
    k : int
        At least 1.
    hops : int
        At least 1: moments a_0..a_{2 hops}, and filters of degree at most hops + 1.

    Raises
    ------
    ValueError
        The graph lacks labels on the left; hops is below 1 or not an integer.

    Notes
    -----
    Needs no eigenvector. Cost: `label_measure` and, for each filter, O(hops n_left r + n_left log n_left), beside
    O(hops nnz r) for all of them, for r classes. Source: new here.

    The filters are a fixed family: powers, and steps on the rules of those steps of Lanczos that do not hang on the
    last digits (`pairbounds.theory.quantities.multihop.JacobiMatrix.determined`). The value is the least of all that
    are certified, each by sums in which nothing cancels, so that another order of summation chooses no other value: of
    1,000 graphs in nine orders and places the most that one moved was 8.5e-7 of it.
    """
    return within(graph, Cut.of(spectrum, k), hops)


def within(graph: PairGraph, cut: Cut, hops: int = HOPS) -> LocalBound:
    """`local_multihop` for any cut: the least bound that steps and powers give."""
    families = [*_steps(label_measure(graph, hops).determined(), cut), *_powers(cut, hops)]
    room = max(FEWEST, AT_ONCE // (graph.n_left * len(class_masses(graph))))
    return _least(graph, cut, hops, families[:room])


def certified(q: FloatArray, majorant: FloatArray, cut: Cut, *, first_look: bool = False) -> FloatArray:
    """The majorant of a filter q, raised by a constant where it must be for it to be one.

    By its values on a grid (`proved_range`), and what round-off may do to them.

    Parameters
    ----------
    q, majorant : (d + 1,) and (n + 1,)
        In the basis `T_j(2t - 1)`.
    first_look : bool
        Raise it only by what a few points of the grid show, which costs little and proves nothing: the certified one is
        no less.
    """
    under, over = (-_plus_square(-majorant, part) for part in (q, _plus(-q, 1.0)))
    lacking = _lacking(partial(_values, under), partial(_values, over), len(under) - 1, cut, first_look=first_look)
    return _plus(majorant, lacking + _round_off(q, majorant))


def _lacking(under: Polynomial, over: Polynomial, degree: int, cut: Cut, *, first_look: bool) -> float:
    """Amount by which `P - q²` may be below 0 on [0, below], or `P - (1 - q)²` where the projector is 1."""

    def least(of: Polynomial, low: float, high: float) -> float:
        return least_seen(of, degree, low, high) if first_look else proved_range(of, degree, low, high)[0]

    kept = least(over, cut.above, 1.0) if cut.kept is None else float(over(cut.kept).min())
    return max(0.0, -least(under, 0.0, cut.below), -kept)


def _round_off(q: FloatArray, majorant: FloatArray) -> float:
    """Upper bound on the round-off of `P - q²` and `P - (1 - q)²`, by their coefficients."""
    size = float(np.abs(majorant).sum() + (1 + np.abs(q).sum()) ** 2)
    return 4 * EPS * max(len(majorant), 2 * len(q) - 1) * size


@dataclass(frozen=True, eq=False)
class _Contacts:
    """Polynomials by their values at nodes and, where they meet them twice, their slopes (Hermite).

    A sum of a term for each node, `Π_{j≠i} (t - t_j)^{meetings_j}` times a constant or a line: near a node all others
    are as small as the polynomials' distance from what they meet there, so that nothing cancels. Of their coefficients,
    which are as large as the polynomials are anywhere, only so many digits are left.

    Attributes
    ----------
    nodes, meetings : (n,)
    values, slopes : (s, n), of each of s polynomials; no matter what slopes where the meeting is one
    """

    nodes: FloatArray
    meetings: IntArray
    values: FloatArray
    slopes: FloatArray

    def one(self, number: int) -> "_Contacts":
        return replace(self, values=self.values[number, None], slopes=self.slopes[number, None])

    @cached_property
    def _lines(self) -> tuple[FloatArray, FloatArray]:
        """The constant and the slope of each node's term, (s, n), over the product of its distances to the others."""
        apart, others = _apart(self.nodes), _of_others(self.meetings)
        tilts = (others / apart).sum(axis=1)
        sloped = np.where(self.meetings == 2, self.slopes - tilts * self.values, 0.0)
        lengths = np.prod(apart**others, axis=1)
        return self.values / lengths, sloped / lengths

    def _terms(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """`Π_{j≠i} (t - t_j)^{meetings_j}`, and `t - t_i` times that, (n, p) both."""
        away = points - self.nodes[:, None]
        away[away == 0] = TINY
        powers, twice = away.copy(), self.meetings == 2
        powers[twice] *= away[twice]
        basis = np.prod(powers, axis=0) / powers
        away *= basis
        return basis, away

    @property
    def coefficients(self) -> FloatArray:
        """Coefficients in the basis `T_j(2t - 1)`, (s, sum of the meetings)."""
        return _coefficients(self.at(_points(int(self.meetings.sum()))).T).T

    @property
    def apart(self) -> bool:
        """Return whether the nodes are far enough from one another for double precision."""
        return all(bool(np.isfinite(line).all()) for line in self._lines)

    def at(self, points: FloatArray) -> FloatArray:
        """Values at points, (s, p)."""
        return np.asarray(sum(line @ term for line, term in zip(self._lines, self._terms(points), strict=True)))

    def with_doubt(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values at points, (s, p), and by how much round-off may have moved each."""
        terms = self._terms(points)
        values = sum(line @ term for line, term in zip(self._lines, terms, strict=True))
        sizes = sum(np.abs(line) @ np.abs(term, out=term) for line, term in zip(self._lines, terms, strict=True))
        return np.asarray(values), np.asarray(16 * (len(self.nodes) + 1) * EPS * sizes)


@dataclass(frozen=True, eq=False)
class _Family:
    """A filter q and majorants of `(1 - w) q + w` for some shares w, (s,).

    The majorants are known by their coefficients, (s, n + 1), or by their contacts; then q is by the `step`, too.
    """

    filter: FloatArray
    shares: FloatArray
    known: FloatArray | None = None
    step: _Contacts | None = None
    contacts: _Contacts | None = None

    @cached_property
    def majorants(self) -> FloatArray:
        """Their coefficients, (s, n + 1)."""
        return self.contacts.coefficients if self.known is None and self.contacts else np.asarray(self.known)

    def integrals(self, rule: Rule) -> FloatArray:
        """`∫ P dν` of each, (s,), by a rule with the moments of ν."""
        nodes, weights = rule
        if self.contacts is None:
            return np.asarray(weights @ _values(self.majorants.T, nodes).T)
        return np.asarray(self.contacts.at(nodes) @ weights)

    def member(self, number: int, ahead: FloatArray, masses: FloatArray, integral: float) -> "_Trial":
        share, one = float(self.shares[number]), None if self.contacts is None else self.contacts.one(number)
        return _Trial(
            _plus((1 - share) * self.filter, share),
            (self.majorants if one is None else one.coefficients)[0],
            integral,
            share + (1 - share) * ahead,
            masses,
            share,
            self.step,
            one,
        )


@dataclass(frozen=True, eq=False)
class _Trial:
    """A filter with its majorant and `∫ P dν`, and the margins of its scores and their masses, the least first."""

    filter: FloatArray
    majorant: FloatArray
    integral: float
    margins: FloatArray
    masses: FloatArray
    share: float = 0.0
    step: _Contacts | None = None
    contacts: _Contacts | None = None

    def at_least(self, cut: Cut) -> float:
        """Lower bound on the error that would be proved: many a majorant of high degree is all round-off."""
        return self.error(self._budget(self._lacking(cut, first_look=True), cut))

    def proved(self, cut: Cut) -> LocalBound:
        lacking = self._lacking(cut)
        budget = self._budget(lacking, cut)
        error = self.error(budget)
        raised = _plus(self.majorant, lacking + _round_off(self.filter, self.majorant))
        return LocalBound(error, self.filter, raised, budget, error - self.error(max(0.0, self.integral)))

    def error(self, budget: float) -> float:
        return error_within(self.margins, self.masses, budget)

    def _budget(self, lacking: float, cut: Cut) -> float:
        """A may be off by the cut's rounding in `∫ P dν` and in q(A), and round-off adds up in the scores."""
        integral = self.integral + lacking + cut.rounding * _steepest(self.majorant)
        added = ROUND_OFF * float(np.arange(1, len(self.filter) + 1) ** 2 @ np.abs(self.filter))
        if self.step is not None:  # the filter is one of the same values, but for what its coefficients lack
            added += len(self.filter) * float(self.step.with_doubt(_points(len(self.filter)))[1].max())
        moved = cut.rounding * _steepest(self.filter) + added + cut.noise
        return float((math.sqrt(max(0.0, integral)) + moved) ** 2)

    def _lacking(self, cut: Cut, *, first_look: bool = False) -> float:
        if self.contacts is None:
            return float(certified(self.filter, self.majorant, cut, first_look=first_look)[0] - self.majorant[0])
        degree = len(self.majorant) - 1
        return _lacking(partial(self._above, 0.0), partial(self._above, 1.0), degree, cut, first_look=first_look)

    def _above(self, target: float, points: FloatArray) -> FloatArray:
        """`P - (target - q)²`, (p,), less what round-off may have added."""
        assert self.step is not None
        assert self.contacts is not None
        (values, doubt), (steps, off) = self.contacts.with_doubt(points), self.step.with_doubt(points)
        part = np.abs((1 - self.share) * steps + self.share - target)
        off = off + 4 * EPS * (1 + part)
        return np.asarray((values - doubt - part**2 - off * (2 * part + off))[0])


def _least(graph: PairGraph, cut: Cut, hops: int, families: Sequence[_Family]) -> LocalBound:
    """The least bound of all members; only those that may be the least are certified."""
    rule = rule_of_all_moments(label_measure(graph, hops))
    with np.errstate(over="ignore", invalid="ignore"):  # a filter of so many hops that it overflows says nothing
        filters = [(it, sums) for it in families if _may_say_something(it, sums := it.integrals(rule), rule)]
    asked = filtered_margins(graph, [it.filter for it, _ in filters])
    hopes = []
    for (family, sums), margins in zip(filters, asked, strict=True):
        order = np.argsort(margins)
        ahead, masses = np.minimum(margins[order], FAR), graph.left_marginal[order]
        # What is proved is rounded up by more: a hope of 1 - 1e-15 is in vain.
        errors = _errors_within(family.shares, ahead, masses, sums) * (1 + EPS * len(order))
        hopes += [(error, partial(family.member, n, ahead, masses, float(sums[n]))) for n, error in enumerate(errors)]
    best = LocalBound(1.0, np.ones(1), np.ones(1), 1.0)  # q = P = 1 is always right, and says nothing
    for hope, member in sorted(hopes, key=lambda it: float(it[0])):
        if hope >= best.error:
            break
        trial = member()
        if trial.at_least(cut) < best.error:
            best = min(best, trial.proved(cut), key=lambda it: it.error)
    return best


def _may_say_something(family: _Family, integrals: FloatArray, rule: Rule) -> bool:
    """Return whether a member may give less than 1, whatever the margins of the scores, which take the time.

    To get all nodes wrong costs `Σ_x p(x) γ(x)₊²/2`. With h the scores of q it is at most `Σ_x p (h_y² + h_c²)`, and so
    `∫ q² dν`; with the labels in their place 1/2; and its root for a mixture at most the mixture of the roots.
    """
    nodes, weights = rule
    root = math.sqrt(float(weights @ _values(family.filter, nodes) ** 2))
    all_wrong = (family.shares * math.sqrt(0.5) + (1 - family.shares) * root) ** 2
    return math.isfinite(root) and bool(np.any(integrals < all_wrong))


def _errors_within(shares: FloatArray, ahead: FloatArray, masses: FloatArray, budgets: FloatArray) -> FloatArray:
    """`margins.error_within` for margins `w + (1 - w) ahead`, in rising order, and a budget for each share w.

    Not rounded up: what it says is to be proved.
    """
    costs = masses * np.maximum(0.0, shares[:, None] + (1 - shares[:, None]) * ahead) ** 2 / 2
    spent = np.cumsum(costs, axis=1)
    budgets = np.maximum(0.0, budgets)
    paid = np.sum(spent <= budgets[:, None], axis=1)
    each, last = np.arange(len(shares)), np.minimum(paid, len(masses) - 1)
    left = budgets - np.where(paid > 0, spent[each, paid - 1], 0.0)
    cost = costs[each, last]
    part = np.divide(left, cost, out=np.zeros_like(left), where=paid < len(masses))  # what costs nothing is paid for
    return np.asarray(np.concatenate([[0.0], np.cumsum(masses)])[paid] + masses[last] * np.minimum(1.0, part))


def _powers(cut: Cut, hops: int) -> Iterator[_Family]:
    """The filters t^j, j = 1..hops, which are votes over j-hop walks, with `P = C t^j (1 - t^j)`.

    `C = max(β / (1 - β), (1 - β') / β')` with `β = below^j`, `β' = above^j`: the least for which `u² <= C u (1 - u)` on
    [0, β] and `(1 - u)² <= C u (1 - u)` on [β', 1].
    """
    for degree in range(1, hops + 1):
        power = np.asarray(chebyshev.chebpow([0.5, 0.5], degree, maxpower=None), dtype=np.float64)
        below, above = cut.below**degree, cut.above**degree
        if above > 0 and below < 1:
            scale = max(below / (1 - below), (1 - above) / above)
            yield _Family(power, np.zeros(1), -scale * _plus_square(-power, power)[None])


def _steps(jacobi: JacobiMatrix, cut: Cut) -> Iterator[_Family]:
    """A step at each place, of each degree; the highest first."""
    parts = [jacobi.leading(steps) for steps in range(len(jacobi.diagonal), 0, -1)]
    for place in cut.places():
        for leading in parts:
            for nodes, meetings in _rules(leading, place):
                with np.errstate(all="ignore"):
                    found = _step(nodes, int(np.argmin(np.abs(nodes - place))), meetings)
                if np.isfinite(found.filter).all() and found.contacts and found.contacts.apart:
                    yield found


def _rules(jacobi: JacobiMatrix, place: float) -> Iterator[tuple[FloatArray, IntArray]]:
    """The nodes of theorem 15's rule, and of the Radau rule where it is another; and how often P meets each."""
    nodes, _ = extremal_rule(jacobi, place, BESIDE)
    if len(nodes) == len(jacobi.diagonal) + 2:
        yield nodes, _meetings(nodes, place, [0, -1])
        nodes, _ = radau_rule(jacobi, place)
    if jacobi.complete and np.abs(nodes - place).min() > NEAR:
        nodes = np.sort(np.append(nodes, place))
    yield nodes, _meetings(nodes, place, [])


def _meetings(nodes: FloatArray, place: float, ends: list[int]) -> IntArray:
    """Twice, but once at the place and at the ends."""
    meetings = np.full(len(nodes), 2)
    meetings[[int(np.argmin(np.abs(nodes - place))), *ends]] = 1
    return meetings


def _step(nodes: FloatArray, at: int, meetings: IntArray) -> _Family:
    """The step at a node, and what meets its squares as often as said."""
    target = np.heaviside(np.arange(len(nodes)) - at, 0.5)
    step = _Contacts(nodes, np.ones_like(meetings), target[None], np.zeros((1, len(nodes))))
    slopes = (1 - SHARES[:, None]) * _slopes_at(nodes, target)
    values = np.where(target < 1, SHARES[:, None] + (1 - SHARES[:, None]) * target, 0.0)
    contacts = _Contacts(nodes, meetings, values**2, 2 * values * slopes)
    return _Family(step.coefficients[0], SHARES, step=step, contacts=contacts)


def _slopes_at(nodes: FloatArray, values: FloatArray) -> FloatArray:
    """Slopes at the nodes of the interpolant through values there, (n,): sums of differences, so 0 for a constant."""
    apart = _apart(nodes)
    lengths = np.prod(apart, axis=1)
    return np.asarray((lengths[:, None] / lengths * (values - values[:, None]) / apart).sum(axis=1))


def _of_others(meetings: IntArray) -> IntArray:
    """Meetings of the other nodes in each node's row, and 0 for itself."""
    return np.asarray(meetings * (1 - np.eye(len(meetings), dtype=np.int64)))


def _apart(nodes: FloatArray) -> FloatArray:
    """`t_i - t_j`; 1 on the diagonal, where nothing is asked."""
    return np.asarray(nodes[:, None] - nodes + np.eye(len(nodes)))


@cache
def _points(count: int) -> FloatArray:
    """Chebyshev's points on [0, 1], (count,)."""
    return (1 + np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2


def _coefficients(values: FloatArray) -> FloatArray:
    """Coefficients in `T_j(2t - 1)` of the polynomial with these values at `_points`, or of one for each column."""
    return _interpolation(len(values)) @ values


@cache
def _interpolation(count: int) -> FloatArray:
    """Matrix from values at `_points` to coefficients, (count, count)."""
    found = 2 / count * chebyshev.chebvander(2 * _points(count) - 1, count - 1).T
    found[0] /= 2
    return np.asarray(found)


def _plus(coefficients: FloatArray, constant: float) -> FloatArray:
    return np.append(coefficients[0] + constant, coefficients[1:])


def _plus_square(coefficients: FloatArray, q: FloatArray) -> FloatArray:
    """Coefficients of `p + q²`."""
    return np.asarray(chebyshev.chebadd(coefficients, chebyshev.chebmul(q, q)), dtype=np.float64)


def _values(coefficients: FloatArray, points: FloatArray) -> FloatArray:
    return np.asarray(chebyshev.chebval(2 * points - 1, coefficients))


def _steepest(coefficients: FloatArray) -> float:
    """Upper bound on `max |p'|` on [0, 1], the L of `‖p(A) - p(B)‖ <= L ‖A - B‖`, Frobenius norms, A and B symmetric.

    On 16 points for each degree a maximum is missed by no more than half a hundredth, as `certified` has it.
    """
    return 1.01 * float(np.abs(_slopes(len(coefficients)) @ coefficients).max())


@cache
def _slopes(count: int) -> FloatArray:
    """Matrix from the coefficients of a polynomial to its derivative on a grid."""
    grid = np.cos(np.linspace(0, np.pi, 16 * count + 1))
    derivatives = 2 * chebyshev.chebder(np.eye(count))
    return np.asarray(chebyshev.chebvander(grid, len(derivatives) - 1) @ derivatives)
