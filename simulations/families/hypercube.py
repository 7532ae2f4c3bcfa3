"""Images as strings of bits; a view flips each bit with probability p (the noise operator).

The characters `χ_S(x) = (-1)^{Σ_{i∈S} x_i}` are the singular vectors, with `σ_S = |1 - 2p|^{|S|}`. A label of few bits
has low degree and survives. A parity of m bits has degree m and is lost first. A cut at one bit attains the lower side
of Cheeger's inequality (theorem 9).

Source: O'Donnell, *Analysis of Boolean Functions*, 2014, section 2.4.
"""

from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.families.family import ClosedForm, kronecker, leading, require_small
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class Hypercube(ClosedForm):
    """All strings of bits, labelled by their first few bits.

    Attributes
    ----------
    n_bits : length of the strings; there are `2^n_bits` images, and as many views
    flip : probability that a view differs from its image in a bit
    n_label_bits : number of bits that determine the label
    label : "first" for these bits (`2^n_label_bits` classes), or their "parity"
    """

    models = "independent binary attributes, each of which augmentation may flip"
    probabilities = ("flip",)

    n_bits: int = 5
    flip: float = 0.1
    n_label_bits: int = 1
    label: Literal["first", "parity"] = "first"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_label_bits > self.n_bits:
            raise ValueError(f"n_label_bits={self.n_label_bits} must be at most n_bits={self.n_bits}")
        if self.label not in ("first", "parity"):
            raise ValueError(f"label={self.label!r} is unknown: choose 'first' or 'parity'")

    @property
    def labels(self) -> IntArray:
        """The class of each string, (2^n_bits,)."""
        strings = np.arange(2**self.n_bits)
        first = strings >> (self.n_bits - self.n_label_bits)
        return first if self.label == "first" else np.bitwise_count(first).astype(np.int64) % 2

    def expected(self) -> PairGraph:
        """Every pair of strings, with weight `flip^d (1 - flip)^(n_bits - d)` at Hamming distance d."""
        require_small(2**self.n_bits, 2**self.n_bits)
        bit = np.array([[1 - self.flip, self.flip], [self.flip, 1 - self.flip]])
        return PairGraph(kronecker([bit] * self.n_bits), self.labels, self.labels)

    def singular_values(self, k: int) -> FloatArray:
        """`|1 - 2 flip|^j`, once for each character of degree j."""
        degrees = np.arange(self.n_bits + 1)
        return leading(abs(1 - 2 * self.flip) ** degrees, [comb(self.n_bits, j) for j in degrees], k)

    def induced_labelling_error(self) -> float:
        """Error after two steps of noise: the sum over j of `1 - (1 - 2 flip)^{2j}` times the label energy at degree j.

        The energy of bits is binomial; a parity has half at degree 0 and half at the last degree.
        """
        m, degrees = self.n_label_bits, np.arange(self.n_label_bits + 1)
        energy = np.where((degrees == 0) | (degrees == m), 0.5, 0.0)
        if self.label == "first":
            energy = np.array([comb(m, j) / 2**m for j in degrees])
        return float(np.sum((1 - (1 - 2 * self.flip) ** (2 * degrees)) * energy))
