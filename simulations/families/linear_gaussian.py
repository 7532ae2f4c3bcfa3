"""Linear Gaussian factors: image `x = A z + noise`, caption `l = B z + noise`, with standard normal z and noise.

In canonical variables the pair is a product of bivariate normals with the canonical correlations `ρ_i`. By Mehler's
formula each has singular values `1, ρ, ρ², ...` on Hermite polynomials. The nodes are bins of the canonical variables.
Binning is a function of each side, so singular values are at most their limits, and converge for finer bins. The class
is the sign of the first canonical variable, and `α = arccos(ρ_1) / π` for any even number of bins (Sheppard).

Sources: Hotelling 1936 (canonical correlations), Lancaster 1958 (the expansion), Sheppard 1899 (the quadrant).
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import scipy.linalg
import scipy.special
import scipy.stats

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.families.family import ClosedForm, kronecker, leading, require_small
from pairbounds.theory.graph.pair_graph import PairGraph

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class LinearGaussian(ClosedForm):
    """Two linear views of the same factors.

    Attributes
    ----------
    image_loadings, caption_loadings : `A` and `B`, a row for each coordinate of x and of l, a column for each factor
    noise : standard deviation of the noise, positive
    n_bins : bins of each canonical variable, an even number
    """

    models = "two modalities, linear in shared factors and noisy: multi-modal factor analysis"

    image_loadings: Matrix = ((1.0, 0.5), (0.0, 1.0))
    caption_loadings: Matrix = ((1.0, 0.0), (0.5, 0.5))
    noise: float = 0.5
    n_bins: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        widths = {len(row) for row in (*self.image_loadings, *self.caption_loadings)}
        if len(widths) != 1 or 0 in widths:
            raise ValueError(
                "image_loadings and caption_loadings need rows of the same, positive length: the number of factors"
            )
        if not 0 < self.noise < np.inf or not np.isfinite([*self.image_loadings, *self.caption_loadings]).all():
            raise ValueError(f"noise={self.noise!r} must be positive and finite, and the loadings finite")
        if self.n_bins % 2:
            raise ValueError(f"n_bins={self.n_bins} must be even: a bin must not contain both signs")

    @property
    def canonical_correlations(self) -> FloatArray:
        """`ρ`, largest first, one for each coordinate of the smaller side."""
        A, B = np.array(self.image_loadings), np.array(self.caption_loadings)
        roots = (scipy.linalg.cholesky(C @ C.T + self.noise**2 * np.eye(len(C)), lower=True) for C in (A, B))
        left, right = (
            scipy.linalg.solve_triangular(root, C, lower=True) for root, C in zip(roots, (A, B), strict=True)
        )
        return scipy.linalg.svdvals(left @ right.T)

    def expected(self) -> PairGraph:
        """Joint distribution of the binned canonical variables; each side has `n_bins ** n_correlations` nodes."""
        correlations = self.canonical_correlations
        n = self.n_bins ** len(correlations)
        require_small(n, n)
        labels = np.arange(n) * 2 // n
        return PairGraph(kronecker([self._binned(rho) for rho in correlations]), labels, labels)

    def _binned(self, rho: float) -> FloatArray:
        """Probability of each pair of bins for a bivariate normal, (n_bins, n_bins)."""
        # Bins of density proportional to the cube root of the normal density are optimal for squared error.
        edges = np.sqrt(3) * scipy.special.ndtri(np.linspace(0, 1, self.n_bins + 1))
        corners = np.stack(np.meshgrid(edges, edges, indexing="ij"), axis=-1)
        below = scipy.stats.multivariate_normal.cdf(corners, cov=[[1, rho], [rho, 1]])
        return np.maximum(0, np.diff(np.diff(below, axis=0), axis=1))

    def singular_values(self, k: int) -> FloatArray:
        """Products of powers of the canonical correlations."""
        powers = [rho ** np.arange(k) for rho in self.canonical_correlations]
        return leading(reduce(lambda some, more: np.outer(some, more).ravel(), powers), 1, k)

    def induced_labelling_error(self) -> float:
        """Labelling error of images with one caption: their first canonical variables have correlation `ρ_1²`."""
        return float(np.arccos(self.canonical_correlations[0] ** 2) / np.pi)
