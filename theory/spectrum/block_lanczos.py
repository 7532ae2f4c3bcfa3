"""The leading eigenvectors of a Gram matrix that is known by its products, and what may be left beyond them.

**Search.** A block Lanczos run in float32, whose speed is that of memory, finds most of what is wanted. What converged
is locked. The run that follows is on a Chebyshev polynomial of the Gram matrix G that spreads the values above a cutoff
c and keeps those below within [-1, 1]: a higher degree takes fewer steps, and thus less orthogonalisation, for a few
more products. By Cauchy's interlacing the q-th Ritz value is a safe cutoff: at least q eigenvalues are above it. A
Rayleigh-Ritz step in float64 then gives values θ, vectors V and their true residuals `r_j = ‖G v_j - θ_j v_j‖`; power
steps follow where float32 was not enough, and a run in float64 where they are not.

**Nothing skipped.** A small residual shows that a value is near a true one, never that none was skipped. Let all q
vectors be moved to half of the cutoff, `M = G - V diag(θ - c / 2) Vᵀ`, and μ be an upper end of the largest eigenvalue
of M (`pairbounds.theory.spectrum.probed_end`, in float64, with its rounding counted); `tr G - Σ θ` is one too, and far
below where there is nothing left. On the complement of the first k vectors, G is, in the basis of the guard vectors
and of the rest,

    [ diag(θ_g)  R_gᵀ ]
    [ R_g        C    ],   C <= μ, since C is the same block of M.

Its largest eigenvalue is at most that of the arrow matrix with θ_g and μ on the diagonal and the r_j beside them,
`Leading.unseen`. By Courant and Fischer no more than k eigenvalues of G are above it: where it is no more than the k-th
value, none was skipped. A guard that is not converged costs `r² / (θ - μ)`.

**End.** Values in a cluster that is wider than the guards may never be told apart. The probes end after `STEPS`
products, and leave `unseen` above the k-th value, by a relative `(ln(2 √n / t) / STEPS)² / 8` or so, 5e-4. One more
run looks for what they could not rule out; where it finds nothing larger, nor the probes once more, that is the end.

**Memory.** Beyond the products' own, 4 bytes (in float64 8) for each node of the smaller side and row of the basis, of
which there are at most `LONGEST (k + GUARD)`, and no more than `MOST_BYTES` hold, but always room for three times what
is sought; then 16 bytes for each node and one of k + GUARD rows. A full basis goes on from its leading Ritz vectors.

Vectors are rows here: products of many rows with few then read memory in order, 2 to 6 times as fast as of columns.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray, row_blocks
from pairbounds.theory.spectrum.probed_end import PROBES, UNIT, deflated_end, lean
from pairbounds.theory.spectrum.triplets import BLOCKS_GUARD as GUARD
from pairbounds.theory.spectrum.triplets import CLEAR

if TYPE_CHECKING:
    import torch

    Rows = torch.Tensor
    Product = Callable[[Rows], Rows]

BLOCK = 8  # vectors to a product
SPARE = 2  # of them, as many converge too: they tell the k-th value from the next
PILOT = 3.5  # rows of the first run, for each vector sought
LONGEST = 12  # rows of a basis, for each vector sought
RESTARTS = 8
MOST_BYTES = 2**30  # of a basis
ROUNDS = 12
GROWTH = 0.05, 0.25  # of the basis, between two looks at its Ritz values
POWER_STEPS = 3
FLOAT32 = 5e-7  # residual that float32 leaves on eigenvectors of a matrix of norm 1
REPAIRABLE = 100  # by so much do power steps make up for float32
FAILURE = 1e-6  # probability that a value above `unseen` was skipped, in each round
STEPS = 200  # of the probes
LEANING = 30  # of probes that only show the way
SAFE = 0.98  # of a Ritz value, as a cutoff
DEGREES = {4: (2, 3, 4), 8: (2, 3, 4, 5, 6)}  # of the polynomial, by bytes; the highest whose largest value is at most
GROWN = {4: 16, 8: 1000}  # for float32 loses the small beside the large, and a steeper one wastes products far out
STREAMS = 64  # bytes of each column of a basis that are read at once
ROUND_OFF = 32 * UNIT  # of a residual in float64, and of a trace


@dataclass(frozen=True, eq=False)
class Gram:
    """A positive semi-definite matrix G of norm at most 1.

    Attributes
    ----------
    product : `X -> X G`, vectors as rows, (c, side) in float32 or float64
    side, trace : of G
    rounding : `‖fl(x G) - x G‖ <= rounding ‖x‖` in float64
    """

    product: "Product"
    side: int
    trace: float
    rounding: float


@dataclass(frozen=True, eq=False)
class Leading:
    """Leading eigenpairs, largest first.

    Attributes
    ----------
    values, residuals : (k,), θ >= 0 and `‖G v - θ v‖`
    vectors : (k, side) float64, orthonormal rows
    unseen : upper end of all other eigenvalues, but with probability `FAILURE` a round
    """

    values: FloatArray
    residuals: FloatArray
    vectors: "Rows"
    unseen: float = np.inf

    def first(self, count: int) -> "Leading":
        """The first so many, with the same upper end."""
        return Leading(self.values[:count], self.residuals[:count], self.vectors[:count], self.unseen)


def leading_eigenpairs(gram: Gram, known: "Rows", k: int, *, tol: float, seed: int = 0) -> Leading:
    """The k leading eigenpairs of a Gram matrix, with residuals `‖G v - θ v‖ / √θ` of at most tol if it can be.

    Parameters
    ----------
    known : (l, side) float64, orthonormal eigenvectors of value 1, on the device of the products; l < k
    k : k + GUARD is at most a quarter of the side
    """
    import torch

    from pairbounds.infrastructure.progress import counting  # whoever only imports this package needs no bars

    with counting(gram.product, "spectrum", "block of products") as counted:
        search = _Search(replace(gram, product=counted), known, k, tol, torch.Generator().manual_seed(seed))
        return _searched(search, k)


def _searched(search: "_Search", k: int) -> Leading:
    found = search.rayleigh_ritz(search.begin())
    for _ in range(ROUNDS):
        converged = search.converged(found)
        found, probes = search.probe(found)
        good = bool(converged[:k].all())
        if good and found.unseen <= search.target(found):
            break
        last, found = found, search.rayleigh_ritz(search.go_on(found, converged, probes))
        if good and search.converged(found)[:k].all() and not _larger(found, last, k):
            found, probes = search.without_guards(search.probe(found)[0])
            if not search.was_skipped(found, probes):
                return found.first(k)
            found = search.rayleigh_ritz(search.go_on(found, search.converged(found), probes))
    else:
        found, _ = search.probe(found)
    return found.first(k)


def _arrow(values: FloatArray, beside: FloatArray, last: float) -> float:
    """The largest eigenvalue of the matrix with that diagonal, `last` at its end, and `beside` in its last row."""
    matrix = np.diag(np.append(values, last))
    matrix[-1, :-1] = beside
    return float(np.linalg.eigvalsh(matrix)[-1])


def _larger(found: Leading, last: Leading, k: int) -> bool:
    """Return whether one of the first k values is larger than it was, by more than its residuals allow."""
    allowed = found.residuals[:k] + last.residuals[:k] + ROUND_OFF
    return bool(np.any(found.values[:k] > last.values[:k] + allowed))


@dataclass(eq=False)
class _Search:
    gram: Gram
    known: "Rows"
    k: int
    tol: float
    random: "torch.Generator"
    dtype: "torch.dtype" = field(init=False)

    def __post_init__(self) -> None:
        self.sought = self.k + GUARD - len(self.known)  # rows beyond the known
        self.wanted = self.sought - GUARD + SPARE
        self.dtype = self._precision(1.0)

    def _precision(self, value: float) -> "torch.dtype":
        """float32, unless power steps could not make up for it at that k-th eigenvalue."""
        import torch

        return torch.float32 if self.allowed(value) * REPAIRABLE > FLOAT32 else torch.float64

    def allowed(self, values: "FloatArray | float") -> FloatArray:
        """Residuals `‖G v - θ v‖` that keep those of the triplets within tol; half of it where ties may be turned."""
        roots = np.sqrt(values)
        return np.maximum(self.tol * np.maximum(roots, self.tol) * np.where(roots > CLEAR, 1, 0.5), ROUND_OFF)

    def converged(self, found: Leading) -> np.ndarray:
        return np.asarray(found.residuals <= self.allowed(found.values))

    def normal(self, count: int) -> "Rows":
        import torch

        drawn = torch.randn(count, self.gram.side, generator=self.random, dtype=torch.float64)
        return drawn.to(self.known.device)

    def begin(self) -> "Rows":
        """A plain run, and one on a polynomial for what it left; float64 from there on if the values ask for it."""
        size = int(PILOT * self.sought)
        pilot = self._run(_Filter(self.gram.product), self.known, self.normal(BLOCK), self.wanted, size, 0)
        enough = pilot.errors[: self.wanted] <= self.allowed(pilot.values[: self.wanted])
        if len(enough) == self.wanted and enough.all():
            return pilot.leading(self.sought).double()
        kth = float(pilot.values[min(self.wanted, len(pilot.values)) - 1])
        self.dtype = self._precision(max(kth, 0.0))
        ritz, values = pilot.leading(self.sought), pilot.values[: self.sought]
        good = pilot.errors[: len(ritz)] <= self.allowed(values)
        del pilot
        return self._polynomial_run(ritz, values, good, self.normal(0), 0.0)

    def go_on(self, found: Leading, converged: np.ndarray, probes: "Rows") -> "Rows":
        """A run from what is not converged and the probes, orthogonal to what is; in float64 if a wanted one is not."""
        import torch

        if not converged[: self.k].all():
            self.dtype = torch.float64
        known = len(self.known)
        ritz, values, good = found.vectors[known:], found.values[known:], converged[known:]
        return self._polynomial_run(ritz, values, good, probes, found.unseen)

    def _polynomial_run(
        self, ritz: "Rows", values: FloatArray, good: np.ndarray, probes: "Rows", unseen: float
    ) -> "Rows":
        """The good Ritz vectors, which are locked, and what a run from the others and the probes found beside them."""
        import torch

        cutoff, highest = SAFE * float(values[-1]), max(unseen, float(values[~good].max(initial=0.0)))
        transformed = _Filter(self.gram.product, cutoff * (cutoff > FLOAT32), highest, self.dtype.itemsize)
        chosen = torch.from_numpy(good).to(ritz.device)
        locked, rest = ritz[chosen], ritz[~chosen]
        start = torch.cat([probes, self._mixed(rest).double()]) if len(rest) else probes
        all_locked = torch.cat([self.known, locked.to(self.known)])
        wanted = max(1, self.wanted - int(np.count_nonzero(good[: self.wanted])))
        run = self._run(transformed, all_locked, start, wanted, LONGEST * self.sought, RESTARTS)
        return torch.cat([locked.to(torch.float64), run.leading(max(GUARD, self.sought - len(locked))).double()])

    def _mixed(self, rows: "Rows") -> "Rows":
        """Random combinations of rows, as many as a block has."""
        import torch

        weights = torch.randn(BLOCK, len(rows), generator=self.random, dtype=torch.float64)
        return weights.to(rows) @ rows

    def _run(
        self, transformed: "_Filter", locked: "Rows", start: "Rows", wanted: int, size: int, restarts: int
    ) -> "_Run":
        bytes_each = self.gram.side * self.dtype.itemsize
        size = min(size, max(3 * self.sought, MOST_BYTES // bytes_each))
        run = _Run(transformed, locked.to(self.dtype), size, self.random)
        run.until(start.to(self.dtype), lambda v, e: float(np.max(e / self.allowed(v))), wanted, restarts)
        return run

    def rayleigh_ritz(self, basis: "Rows") -> Leading:
        """The values, vectors and residuals on the span of some rows and of the known, after power steps if need be."""
        import torch

        for step in range(POWER_STEPS + 1):
            basis = basis - (basis @ self.known.T) @ self.known
            image = self.gram.product(basis)
            inner = torch.stack([image @ basis.T, basis @ basis.T]).cpu().numpy()
            values, rotation = scipy.linalg.eigh((inner[0] + inner[0].T) / 2, inner[1])
            kept = slice(None, -self.sought - 1, -1)
            values = np.maximum(0.0, values[kept])
            turn = torch.from_numpy(np.ascontiguousarray(rotation[:, kept].T)).to(basis)
            basis, image = turn @ basis, turn @ image
            scale = torch.from_numpy(values).to(basis)[:, None]
            residuals = torch.linalg.vector_norm(image - scale * basis, dim=1).cpu().numpy()
            excess = residuals[: self.wanted - SPARE] / self.allowed(values[: self.wanted - SPARE])
            if step == POWER_STEPS or excess.max() <= 1 or excess.max() > REPAIRABLE:
                break
            basis = torch.where(scale > FLOAT32, image / scale.clamp(min=FLOAT32), basis)
        known = len(self.known)
        return Leading(
            np.concatenate([np.ones(known), values]),
            np.concatenate([np.zeros(known), residuals]),
            torch.cat([self.known, basis]),
        )

    def probe(self, found: Leading) -> tuple[Leading, "Rows"]:
        """The same with the upper end of what was not found, and probes that lean towards it.

        Of the guards, as many are used as leave the probes the fewest steps: with the last one the cutoff is lower,
        but what is not converged must be made up for.
        """
        guards, beside, start = found.values[self.k :], found.residuals[self.k :], self.normal(PROBES)
        target = self.target(found)
        goals = target - np.cumsum(np.append(0.0, beside**2 / (target - guards)))  # with that end the arrow's is target
        used = int(np.argmax(goals / np.maximum(found.values[self.k - 1 :], ROUND_OFF)))
        left = max(0.0, self.gram.trace - float(found.values.sum())) + ROUND_OFF * (1 + self.gram.trace)
        unseen = _arrow(guards, beside, min(1.0, left))
        if unseen <= target:
            return replace(found, unseen=unseen), start
        end, probes = self._probed_end(found.first(self.k + used), start, float(goals[used]))
        return replace(found, unseen=min(unseen, _arrow(guards[:used], beside[:used], end))), probes

    def without_guards(self, found: Leading) -> tuple[Leading, "Rows"]:
        """As `probe` has it, with an end that is sharp where the k-th value has more copies than there are guards."""
        end, probes = self._probed_end(found.first(self.k), self.normal(PROBES), self.target(found), STEPS)
        return replace(found, unseen=min(found.unseen, end)), probes

    def was_skipped(self, found: Leading, probes: "Rows") -> bool:
        """Return whether the probes show a larger value than the k-th one on the complement of the first k vectors."""
        import torch

        vectors = found.vectors[: self.k]
        basis = torch.linalg.qr((probes - (probes @ vectors.T) @ vectors).T)[0].T.contiguous()
        inner = self.gram.product(basis) @ basis.T
        return float(torch.linalg.eigvalsh(inner)[-1]) > self.target(found)

    def target(self, found: Leading) -> float:
        """An upper end of what was not found is small enough if it is no more than that."""
        return float((np.sqrt(found.values[self.k - 1]) + self.tol) ** 2)

    def _probed_end(self, found: Leading, start: "Rows", goal: float, steps: int | None = None) -> tuple[float, "Rows"]:
        """Upper end of what was not found, and probes; by default few steps where `STEPS` would not reach the goal."""
        cutoff = max(float(found.values[-1]), self.gram.rounding)
        if steps is None:
            growth = np.arccosh(max(1.0, 2 * goal / cutoff - 1)) * STEPS
            steps = STEPS if growth > np.log(2 * np.sqrt(self.gram.side) / lean(FAILURE)) else LEANING
        return deflated_end(
            self.gram.product,
            found.vectors,
            found.values,
            start,
            cutoff,
            goal,
            rounding=self.gram.rounding,
            failure=FAILURE,
            steps=steps,
        )


@dataclass(frozen=True, eq=False)
class _Filter:
    """`X -> X T_d((2 G - c) / c)`, at most 1 on [0, c] and steep beyond; G itself where there is no cutoff.

    `highest` is the largest eigenvalue that the rows lean on; with the bytes of a number it decides the degree d.
    """

    gram: "Product"
    cutoff: float = 0.0
    highest: float = 0.0
    itemsize: int = 4

    def __call__(self, rows: "Rows") -> "Rows":
        if self.cutoff == 0:
            return self.gram(rows).contiguous()
        old = rows.T.contiguous().T  # by columns, as the products have them
        new = self.gram(old).mul_(2 / self.cutoff).sub_(old)
        for _ in range(1, self.degree):
            old, new = new, self.gram(new).mul_(4 / self.cutoff).sub_(new, alpha=2).sub_(old)
        return new.contiguous()

    @cached_property
    def degree(self) -> int:
        """The highest degree that does not make too much of the largest eigenvalue."""
        angle, degrees = np.arccosh(max(1.0, 2 * self.highest / self.cutoff - 1)), DEGREES[self.itemsize]
        return max([d for d in degrees if np.cosh(d * angle) <= GROWN[self.itemsize]], default=degrees[0])

    def back(self, values: FloatArray, residuals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The eigenvalues of G that have those values, and their residuals to first order."""
        if self.cutoff == 0:
            return np.maximum(0.0, values), residuals
        degree, angles = self.degree, np.arccosh(np.maximum(1.0, values)) / self.degree  # T_d(cosh a) = cosh(d a)
        slope = degree * np.exp(np.multiply.outer(angles, np.arange(1 - degree, degree, 2))).sum(axis=-1)
        return self.cutoff / 2 * (1 + np.cosh(angles)), residuals * self.cutoff / (2 * slope)


class _Run:
    """Block Lanczos with full orthogonalisation and thick restarts, on the complement of some locked rows.

    Attributes
    ----------
    values, errors : of the Ritz pairs, as eigenvalues of G, largest first
    """

    values: FloatArray
    errors: FloatArray

    def __init__(self, product: _Filter, locked: "Rows", size: int, random: "torch.Generator") -> None:
        self.product, self.locked, self.random = product, len(locked), random
        side = locked.shape[1]
        self.size = min(size, side - self.locked)
        self.rows = locked.new_empty((self.locked + self.size, side))
        self.rows[: self.locked] = locked

    def until(
        self, start: "Rows", excess: "Callable[[FloatArray, FloatArray], float]", wanted: int, restarts: int
    ) -> None:
        """Steps until no excess of as many leading Ritz pairs as are wanted is above 1, or there is no more room.

        It is looked at where it would be 1 if its logarithm went on falling as it did between the last two looks.
        """
        block, _ = self._orthonormal(start, self.locked)
        projected, count, near, look = np.zeros((self.size, self.size)), 0, 0, 2 * wanted
        before, last = 0, np.inf
        while True:
            width, first = len(block), self.locked + count
            self.rows[first : first + width] = block
            image = self.product(block)
            beside = self.rows[self.locked + near : first + width]
            inner = image @ beside.T
            projected[near : count + width, count : count + width] = inner.T.cpu().numpy()
            near, count = count, count + width
            block, coupling = self._orthonormal(image - inner @ beside, self.locked + count)
            room = self.rows.shape[1] - self.locked - count
            block, coupling = block[:room], coupling[:room]
            full = count + len(block) > self.size or room == 0
            if not full and count < look:
                continue
            self._ritz(projected[:count, :count], coupling)
            still = excess(self.values[:wanted], self.errors[:wanted]) if count >= wanted else np.inf
            if still <= 1 or (full and restarts == 0):
                return
            fallen = np.log(last / still) if 1 < still < last < np.inf else 0.0
            ahead = (count - before) * np.log(still) / fallen if fallen > 0 else count
            look = count + int(np.clip(ahead, GROWTH[0] * count, GROWTH[1] * count))
            before, last = count, still
            if full:
                restarts -= 1
                count, near = self._restart(projected, min(count // 2, wanted + 2 * GUARD)), 0
                look, last = int((1 + GROWTH[1]) * count), np.inf

    def leading(self, count: int) -> "Rows":
        """The leading Ritz vectors, at most so many."""
        import torch

        turn = torch.from_numpy(np.ascontiguousarray(self._rotation[:, :count].T)).to(self.rows)
        return turn @ self.rows[self.locked : self.locked + turn.shape[1]]

    def _ritz(self, projected: FloatArray, coupling: FloatArray) -> None:
        values, rotation = np.linalg.eigh(projected, UPLO="U")
        self._raw, self._rotation = values[::-1], rotation[:, ::-1]
        width = coupling.shape[1]
        residuals = np.linalg.norm(coupling @ self._rotation[len(values) - width :], axis=0)
        self.values, self.errors = self.product.back(self._raw, residuals)

    def _restart(self, projected: FloatArray, kept: int) -> int:
        """The leading Ritz vectors in place of the basis."""
        self.rows[self.locked : self.locked + kept] = self.leading(kept)
        projected[:] = 0
        projected[np.arange(kept), np.arange(kept)] = self._raw[:kept]
        return kept

    def _orthonormal(self, rows: "Rows", upto: int) -> tuple["Rows", FloatArray]:
        """Orthonormal rows Q on the complement of the first ones of the basis, and R: the rows there are `Rᵀ Q`.

        A second pass follows where the first lost digits, and a random row takes the place of one that has none.
        """
        import torch

        total = torch.eye(len(rows), dtype=rows.dtype, device=rows.device)
        basis, scale = self.rows[:upto], float(torch.linalg.vector_norm(rows, dim=1).max())
        for _ in range(4):
            rows = _without(rows, basis)
            columns, upper = torch.linalg.qr(rows.T)
            total, rows = upper @ total, columns.T.contiguous()
            sizes = upper.diagonal().abs()
            if float(sizes.min()) > 0.03 * scale:
                break
            lost = sizes < 10 * torch.finfo(rows.dtype).eps * scale
            drawn = torch.randn(rows.shape, generator=self.random).to(rows)
            rows[lost] = torch.nn.functional.normalize(drawn[lost])
            scale = 1.0
        return rows, total.cpu().numpy().astype(np.float64)


def _without(rows: "Rows", basis: "Rows") -> "Rows":
    """Rows less their part in an orthonormal basis, of which a few rows at a time are read once for both products."""
    rows = rows.clone()
    for part in row_blocks(len(basis), rows.element_size(), STREAMS):
        rows.addmm_(rows @ basis[part].T, basis[part], alpha=-1)
    return rows
