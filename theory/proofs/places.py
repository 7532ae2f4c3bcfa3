"""Cut of the spectrum with its proof: `σ²_{k+1} <= b`, and optionally `σ_k² >= b'`.

Let S be `ĀĀᵀ` or `ĀᵀĀ`, of the side with fewer distinct rows, and V any matrix of k columns. If `b I - S + V Vᵀ` is
positive definite, then at most k eigenvalues of S are b or more (on the space orthogonal to V, of k dimensions less,
S is below b). If `Vᵀ (S - b' I) V` is, at least k are above b'. Here V holds the leading eigenvectors, each as long as
the root of its value, in integers; the verifier checks definiteness of the matrices of the exact weights.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.proofs import verify
from pairbounds.theory.proofs.decimals import ZERO, above, below

BITS = 56  # after the binary point, for V and its check
LIMIT_SIDE = 4_000  # most distinct nodes on the smaller side; checks of more take too long


@dataclass(frozen=True)
class Places:
    """`σ²_{k+1} <= at_most`, `σ_k² >= at_least`, and V, (n, k), times `2^BITS`."""

    at_most: Fraction
    at_least: Fraction
    basis: list[list[int]]


def places(graph: PairGraph, exact: verify.Graph, k: int) -> Places:
    """Cut as close to both values as rounding allows; `at_least` is 0 if σ_k may be 0.

    O(n³) time and O(n²) memory for n distinct nodes on the smaller side.

    `ValueError`: more than `LIMIT_SIDE` such nodes.
    """
    normalised = _distinct_rows(graph, exact)
    n = normalised.shape[0]
    if n > LIMIT_SIDE:
        raise ValueError(f"the smaller side has {n} distinct nodes: σ_(k+1) is proved for at most {LIMIT_SIDE}")
    gram = (normalised @ normalised.T).toarray()
    eigenvalues, vectors = scipy.linalg.eigh(gram, subset_by_index=[max(0, n - k - 1), n - 1], overwrite_a=True)
    values, vectors = np.maximum(0.0, eigenvalues[::-1]), vectors[:, ::-1]
    basis = np.zeros((n, k))
    width = min(n, k)
    basis[:, :width] = vectors[:, :width] * np.sqrt(values[:width])
    margin = 4 * n * 2.0**-BITS + 64 * EPS * sqrt(n)  # twice a bound on the rounding of eigenvectors and check
    at_most = above(Fraction(values[k] + margin)) if k < n else ZERO
    at_least = values[k - 1] - margin / values[k - 1] if k <= n and values[k - 1] > 0 else 0.0
    integers = np.rint(basis * 2.0**BITS).astype(np.int64).tolist()
    return Places(at_most, max(ZERO, below(Fraction(at_least))), integers)


def _distinct_rows(graph: PairGraph, exact: verify.Graph) -> sp.csr_array:
    """Normalised matrix of the side with fewer distinct rows, with equal rows summed.

    The sum has the same term `P_x P_xᵀ / p(x)` as the equal rows together, so the other Gram matrix stays the same.
    """
    sides = [(exact.rows, graph.normalized), (exact.columns, sp.csr_array(graph.normalized.T))]
    counted = [(Counter(map(tuple, lines)), lines, matrix) for lines, matrix in sides]
    counts, lines, matrix = min(counted, key=lambda side: len(side[0]))
    first = {line: index for index, line in reversed(list(enumerate(map(tuple, lines))))}
    roots = np.sqrt(list(counts.values()))
    return sp.csr_array(matrix[[first[line] for line in counts]] * roots[:, None])
