"""The parts of a bound on a trained encoder: pairs, width, and optimisation.

The squared error of a linear probe on f is bounded in two steps: that of the optimum of the same width, and what f is
behind it by its excess loss ε. The first is a tail of label energy, and falls in two:

    Σ_{i>k} c_i = Σ_{i>k} c_i (1 - σ_i²) + Σ_{i>k} c_i σ_i².

The first sum is of the *pairs*. It is part of `α_T = Σ_i c_i (1 - σ_i²)`, the probability that an induced pair joins
two classes, and never more than it; where every induced pair joins equals, it is 0. The second is of the *width*:
energy of directions that the pairs do connect, at most `σ²_{k+1}` of the tail, and 0 where k reaches the rank. (The two
facts together are theorem 4.) What the bound adds to the tail is of the *optimisation*: it is 0 at ε = 0.

By consistency alone, no label energy is known. Theorem 15 bounds the tail by multi-hop consistency, and the most of it
that can be of the width, `σ²_{k+1}` of it, is counted as such: of theorem 4, `α_T / (1 - σ²_{k+1})`, that leaves just
α_T to the pairs.

Source: new here; theorems 7, 15 and 17.
"""

from dataclasses import dataclass

import numpy as np

from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.theorem07_near_optimal import multihop_near_optimal_error
from pairbounds.theory.bounds.theorem17_trained_encoders import trained_mse
from pairbounds.theory.quantities.consistency import induced_labelling_error, label_energy
from pairbounds.theory.quantities.multihop import tail_at_most


@dataclass(frozen=True)
class Parts:
    """A bound on the squared error of a linear probe on an encoder, as a sum of parts that are not negative."""

    pairs: float
    width: float
    optimisation: float

    @property
    def bound(self) -> float:
        """The sum."""
        return self.pairs + self.width + self.optimisation

    @property
    def largest(self) -> str:
        """The name of the largest part."""
        return max(("pairs", "width", "optimisation"), key=lambda name: float(getattr(self, name)))


def parts_by_energy(encoder: Encoder) -> Parts:
    """The parts of theorem 17, `ε₂(f) <= min_g (ρ_g + η_g)²`: the tail is the squared error of the optimum itself.

    Raises
    ------
    HypothesisError
        The graph lacks labels on the left, or the encoder its right side.
    """
    graph, spectrum, k = encoder.graph, encoder.spectrum, encoder.k
    energy = label_energy(graph, spectrum)[:k]
    tail = max(0.0, 1 - float(energy.sum()))
    kept = float(energy @ spectrum.singular_values[:k] ** 2)
    width = float(np.clip(1 - induced_labelling_error(graph) - kept, 0.0, tail))
    return Parts(tail - width, width, max(0.0, trained_mse(graph, spectrum, k, encoder) - tail))


def parts_by_consistency(encoder: Encoder) -> Parts:
    """The parts of theorem 7 by theorem 15, `min_j (√B_m(j) + √(p_max ε / (σ_j² - σ²_{k+1})))²`, without label energy.

    Raises
    ------
    HypothesisError
        As `parts_by_energy` has it; or no singular value of the first k is above `σ_{k+1}`.
    """
    graph, spectrum, k = encoder.graph, encoder.spectrum, encoder.k
    bound = multihop_near_optimal_error(graph, spectrum, k, encoder) / 2
    tail = tail_at_most(graph, spectrum, k)
    width = tail * float(spectrum.upper_values[k]) ** 2
    return Parts(tail - width, width, max(0.0, bound - tail))
