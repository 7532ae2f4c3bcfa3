"""Best possible bound from known numbers of a graph, with a measure and a graph that attain it.

The squared probe error is at most `ν([0, σ²_{k+1}])`, with the label-energy measure `ν = Σ_i c_i δ(σ_i²)` on [0, 1].
Known numbers are its moments, `a_1 = 1 - α_T` among them, an upper end of `σ_{k+1}`, and the class masses p, which give
`ν({1}) >= Σ_c p_c²`. The largest `ν([0, σ²])` is a linear programme; its dual is the least polynomial above the step.
Every such measure with finitely many atoms belongs to a graph (`docs/proofs.md`), so the bound is attained. If the
classes of its components are two of mass 1/2, all nodes tie, and the 0-1 error is twice the squared error.
Source: new here.
"""

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.multihop_consistency import consistency_curve
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.spectrum.triplets import spectrum_beyond

GRID = 2_000  # points of the first programme; each round adds the points with the largest shortfall
ROUNDS = 60
SIDE_BY_SIDE = 1e-4  # distance at which atoms are merged; the split costs less than the tolerance
SLOPE = 1e8  # largest coefficient, so that contradictory numbers are detected
GENTLE = 1e4  # largest coefficient that limits the round-off of the moments
TOLERANCE = 1e-9  # of the value
MISFIT = 1e-6  # residual above which numbers are contradictory
MOST_CLASSES = 128  # of the worst graph
Quantity = Literal["probe_mse", "probe_error"]


@dataclass(frozen=True, eq=False)
class Sharpest:
    """Best possible bound, with a measure and a graph that attain it.

    Attributes
    ----------
    quantity : "probe_mse" or "probe_error"
    value : the bound, at most 1; at most `TOLERANCE` above the best
    atoms, weights : (n,), a measure with the known numbers and this mass up to `σ²`
    polynomial : power -> coefficient of a polynomial above the step; its integral bounds the squared error
    graph, k : a graph with this measure, or nearly, and the width
    attained : the quantity at the optimum of that width, measured on the graph
    numbers : the known numbers except the class masses, measured on the graph
    """

    quantity: Quantity
    value: float
    atoms: FloatArray
    weights: FloatArray
    polynomial: Mapping[int, float]
    graph: PairGraph
    k: int
    attained: float
    numbers: Mapping[str, float]


def sharpest(*, known: Mapping[str, Any], quantity: Quantity = "probe_mse") -> Sharpest:
    """Least bound on the error of a probe on the optimum that follows from these numbers.

    Parameters
    ----------
    known : any of "alpha_T" or "a_1", which is `1 - α_T`; "a_2", "a_3", ... (multi-hop consistency); "sigma", an upper
        end of `σ_{k+1}`; "class_masses", a sequence that sums to 1.
    quantity : "probe_mse" or "probe_error"
        The second is twice the first, at most 1. `attained` shows if that is best possible: it is if the label energy
        at 1 is at least that in the tail, for example with `alpha_T` and `sigma` only.

    Raises
    ------
    ValueError : an unknown name or quantity; a number out of its range; numbers that contradict one another

    Notes
    -----
    A linear programme on a grid, refined where its polynomial is lowest (Hettich and Kortanek 1993). Accurate to
    `TOLERANCE` for up to about eight moments; more powers are too similar in double precision.

    Examples
    --------
    >>> from pairbounds import sharpest
    >>> found = sharpest(known={"alpha_T": 0.12, "sigma": 0.5})
    >>> print(f"{found.value:.6f} {found.attained:.6f}", found.atoms.round(6))  # 0.12 / (1 - 0.25): theorem 4
    0.160000 0.160000 [0.25 1.  ]
    """
    if quantity not in ("probe_mse", "probe_error"):
        raise ValueError(f"quantity={quantity!r} is unknown: give 'probe_mse' or 'probe_error'")
    problem = _Problem.of(known)
    value, polynomial, atoms, weights = problem.solved()
    graph, k = _worst_graph(problem, atoms, weights)
    top = spectrum_beyond(graph, k)
    measured = probe(graph, top.left[:, :k] / np.sqrt(graph.left_marginal)[:, None])
    curve = consistency_curve(graph, max(1, *problem.powers))
    numbers = {f"a_{power}": float(a) for power, a in enumerate(curve)}
    numbers |= {"alpha_T": 1 - numbers["a_1"], "sigma": float(top.singular_values[k])}
    numbers = {name: numbers[name] for name in known if name != "class_masses"}
    attained = measured.mse
    if quantity == "probe_error":
        value, attained = min(1.0, 2 * value), measured.error
    return Sharpest(quantity, value, atoms, weights, polynomial, graph, k, attained, numbers)


def largest_tail(moments: FloatArray, errors: FloatArray, x: float, at_one: float = 0.0) -> float:
    """Largest mass on [0, x] of a measure on [0, 1] with moments a_0..a_m and mass of at least `at_one` at 1.

    Rounded up for moments with errors of up to `errors`, (m + 1,) both. Coefficients of at most `GENTLE` limit their
    effect. If the programme fails, the value is all mass that is not at 1.
    """
    value, problem = math.inf, _Problem(tuple(range(len(moments))), moments, x, at_one, None, GENTLE)
    with suppress(ValueError):
        coefficients, lacking, _, _ = problem.polynomial()
        value = float(coefficients @ (moments - at_one) + lacking * (1 - at_one) + np.abs(coefficients) @ errors)
    if value < 0:
        raise ValueError("the moments contradict one another: no measure on [0, 1] has them")
    return min(value, 1 - at_one + float(errors[0]))


def _worst_graph(problem: "_Problem", atoms: FloatArray, weights: FloatArray) -> tuple[PairGraph, int]:
    """Graph of the measure, and the width; if `σ_{k+1}` may be 1, a graph with the least energy at 1.

    Without class masses it has n equal classes, and no embedding of width 1 has an error below `1 - 1/n`.
    """
    masses = problem.class_masses
    if problem.cut < 1:
        return graph_of_measure(atoms, weights, problem.cut, masses)
    shares = np.full(MOST_CLASSES, 1 / MOST_CLASSES) if masses is None else masses
    near = replace(problem, cut=1 - SIDE_BY_SIDE, at_one=float(shares @ shares), class_masses=shares)
    with suppress(ValueError):  # if only a measure without energy at 1 has the numbers, keep the first
        _, _, atoms, weights = near.solved()
    graph, above = graph_of_measure(atoms, weights, near.cut, shares)
    return graph, 1 if masses is None else above


def graph_of_measure(
    atoms: FloatArray, weights: FloatArray, x: float, class_masses: FloatArray | None = None
) -> tuple[PairGraph, int]:
    """Graph with this label-energy measure, and the number of its values above `x`.

    Each atom below 1 is a component with a node of each class; single nodes carry the rest of the mass at 1. Without
    class masses, atoms up to `x` get two classes, whose nodes tie, if the weight at 1 is large enough. Other atoms
    get the number of classes that this weight requires. Above `MOST_CLASSES` the measure is only approximated.
    """
    below = atoms < 1
    places, energies = atoms[below], weights[below] / weights.sum()
    if class_masses is not None:
        shares = [class_masses] * len(places)
    else:
        shares = [np.full(r, 1 / r) for r in _numbers_of_classes(places, energies, x)]
    masses = np.array([energy / (1 - share @ share) for energy, share in zip(energies, shares, strict=True)])
    masses /= max(1.0, float(masses.sum()))
    blocks, labels, above = [], [], 0
    for mass, atom, share in zip(masses, places, shares, strict=True):
        root = math.sqrt(atom)
        blocks.append(mass * ((1 - root) * np.outer(share, share) + root * np.diag(share)))
        labels.append(np.arange(len(share)))
        above += len(share) if atom > x else 1
    missing, single = 1 - float(masses.sum()), np.ones(1) if class_masses is None else class_masses
    if missing > TOLERANCE or not blocks:
        blocks += [np.atleast_2d(missing * share) for share in single]
        labels.append(np.arange(len(single)))
        above += len(single)
    joint = sp.csr_array(sp.block_diag([sp.coo_array(block) for block in blocks]))
    return PairGraph(joint, np.concatenate(labels)), above


def _numbers_of_classes(places: FloatArray, energies: FloatArray, x: float) -> list[int]:
    """Number of classes r in the component of each atom: its energy at 1 is `1 / (r - 1)` of its energy below 1."""
    tail = places <= x
    at_one = 1 - float(energies.sum())
    spare = at_one - float(energies[tail].sum())
    if spare >= 0 and (spare > 0 or tail.all()):
        above_cut = _number_of_classes(float(energies[~tail].sum()), spare)
        return [2 if is_tail else above_cut for is_tail in tail]
    return [_number_of_classes(float(energies.sum()), at_one)] * len(places)


def _number_of_classes(energy: float, at_one: float) -> int:
    return min(MOST_CLASSES, 1 + max(1, math.ceil(energy / at_one - TOLERANCE))) if at_one > 0 else MOST_CLASSES


@dataclass(frozen=True, eq=False)
class _Problem:
    """Problem of the largest mass on [0, cut] of a measure with these moments and at least `at_one` at 1."""

    powers: tuple[int, ...]
    moments: FloatArray
    cut: float
    at_one: float
    class_masses: FloatArray | None
    slope: float = SLOPE

    @classmethod
    def of(cls, numbers: Mapping[str, Any]) -> "_Problem":
        if {"alpha_T", "a_1"} <= numbers.keys():
            raise ValueError("known has both alpha_T and a_1 = 1 - alpha_T: give one of them")
        moments, x, masses = {0: 1.0}, 1.0, None
        for name, number in numbers.items():
            if name == "class_masses":
                masses = _masses(number)
            elif name == "sigma":
                x = _probability(name, number) ** 2
            elif name == "alpha_T":
                moments[1] = 1 - _probability(name, number)
            elif re.fullmatch(r"a_[1-9]\d{0,2}", name, re.ASCII):
                moments[int(name[2:])] = _probability(name, number)
            else:
                raise ValueError(f"known has {name!r}: it takes alpha_T, sigma, class_masses, and a_1, a_2, ...")
        powers = tuple(sorted(moments))
        at_one = 0.0 if masses is None else float(masses @ masses)
        return cls(powers, np.array([moments[power] for power in powers]), x, at_one, masses)

    def solved(self) -> tuple[float, dict[int, float], FloatArray, FloatArray]:
        """Value, polynomial, and atoms and weights of the measure."""
        moments = self.moments - self.at_one  # without the atom at 1
        coefficients, lacking, atoms, weights = self.polynomial()
        misfit = np.abs(self._powers(atoms) @ weights - moments).max()
        if misfit > MISFIT:
            raise ValueError(f"the known numbers contradict one another: no measure has them to within {misfit:.1e}")
        value = float(coefficients @ moments) + lacking * float(moments[0])
        atoms, weights = _merged(np.r_[atoms, 1.0], np.r_[weights, self.at_one], self.cut)
        return min(1.0, max(0.0, value)), dict(zip(self.powers, coefficients.tolist(), strict=True)), atoms, weights

    def polynomial(self) -> tuple[FloatArray, float, FloatArray, FloatArray]:
        """Coefficients of the polynomial, its shortfall below the step, and atoms and weights of the dual."""
        grid = (1 - np.cos(np.pi * np.arange(GRID + 1) / GRID)) / 2
        atoms, lowest = np.unique(np.r_[grid, self.cut]), np.empty(0)
        for _ in range(ROUNDS):
            atoms = np.unique(np.r_[atoms, lowest])
            coefficients, weights = self._programme(atoms, self.moments - self.at_one)
            lowest, lacking = self._lowest(coefficients)
            if lacking <= TOLERANCE:
                break
        return coefficients, max(0.0, lacking), atoms, weights

    def _powers(self, atoms: FloatArray) -> FloatArray:
        return np.array([atoms**power for power in self.powers])

    def _step(self, atoms: FloatArray) -> FloatArray:
        return np.asarray(atoms <= self.cut, dtype=np.float64)

    def _programme(self, atoms: FloatArray, moments: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Polynomial of least integral that is above the step at the atoms, and the dual weights."""
        from scipy.optimize import linprog

        solution = linprog(
            moments,
            A_ub=-self._powers(atoms).T,
            b_ub=-self._step(atoms),
            bounds=(-self.slope, self.slope),
            method="highs-ds",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if solution.status:
            raise ValueError(f"the linear programme failed on these numbers: give fewer ({solution.message})")
        return np.asarray(solution.x), np.maximum(0.0, -np.asarray(solution.ineqlin.marginals))

    def _lowest(self, coefficients: FloatArray) -> tuple[FloatArray, float]:
        """Ends and stationary points where the polynomial is below the step, and its largest shortfall."""
        dense = np.zeros(self.powers[-1] + 1)
        dense[list(self.powers)] = coefficients
        stationary = np.polynomial.polynomial.polyroots(np.polynomial.polynomial.polyder(dense)).real
        places = np.clip(np.r_[0.0, 1.0, self.cut, np.nextafter(self.cut, 1), stationary], 0, 1)
        lacking = self._step(places) - coefficients @ self._powers(places)
        return places[lacking > TOLERANCE / 2], float(lacking.max())


def _merged(atoms: FloatArray, weights: FloatArray, x: float) -> tuple[FloatArray, FloatArray]:
    """Merge adjacent atoms at their centre, and drop atoms without weight. No atom crosses `x`."""
    order = np.argsort(atoms)
    atoms, weights = atoms[order], weights[order]
    positive = weights > TOLERANCE
    atoms, weights = atoms[positive], weights[positive]
    apart = (np.diff(atoms) > SIDE_BY_SIDE) | (np.diff(atoms <= x) != 0)
    groups = np.cumsum(np.r_[0, apart])
    total = np.bincount(groups, weights)
    centres = np.bincount(groups, weights * atoms) / total
    return np.clip(centres, atoms[np.r_[True, apart]], atoms[np.r_[apart, True]]), np.asarray(total, dtype=np.float64)


def _probability(name: str, number: Any) -> float:
    value = float(number)
    if not 0 <= value <= 1:
        raise ValueError(f"{name}={number!r} is not in [0, 1]")
    return value


def _masses(number: ArrayLike | Sequence[float]) -> FloatArray:
    masses = np.asarray(number, dtype=np.float64)
    if masses.ndim != 1 or not (masses > 0).all() or abs(masses.sum() - 1) > MISFIT:
        raise ValueError(f"class_masses={number!r} is wrong: give positive numbers that sum to 1")
    return np.asarray(masses / masses.sum())
