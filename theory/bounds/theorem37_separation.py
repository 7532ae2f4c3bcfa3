"""Theorem 37: separation: views alone cannot tell images apart by class, captions can.

In words: Views of N images that never meet say nothing of classes at widths below N, while consistent captions that
connect the images of a class give error 0 at a width of the number of classes.

The graph of views has N components of equal mass, and k < N. Labels of r classes are uniform and independent over the
components. It is about the optimum on a graph: networks generalise from image to image, and views of real images meet.

Proof: `docs/theorems/theorem37.md`. Source: put together here. Cost: linear in the pairs, and k + 1 singular values of
the caption graph.
"""

import numpy as np

from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses, induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum_beyond

EQUAL = 1e-9  # relative: masses of components that differ by less are equal


def separation(views: PairGraph, captions: PairGraph, k: int) -> tuple[float, float]:
    """Bounds on views, `E_y ε₂(f*) >= (1 - 1/r) (1 - k/N)`, and on captions, `ε₂ <= α_T / (1 - σ²_{k+1})`.

    Rounded outward; E_y is the mean over labellings. Where the second is smaller, captions are better on their labels
    than views are on average.

    `HypothesisError`: components of different masses; k is not below their number; the captions lack labels.

    Parameters
    ----------
    views : a component for each of N images; its labels play no part, as the mean is over all labellings
    captions : with left labels of r classes
    k : at least 1 and below N
    """
    masses = np.bincount(views.components[0], views.left_marginal)
    n, r = len(masses), len(class_masses(captions))
    require(1 <= k < n, f"k={k} is not in 1..{n - 1}: the views have {n} components, choose a smaller k")
    spread = float(masses.max() / masses.min()) - 1
    require(spread <= EQUAL, f"masses of the components of the views differ by {spread:.1%}: they are to be equal")
    at_least = max(0.0, (1 - 1 / r) * (1 - k / n) - EQUAL)
    return at_least, over_gap(induced_labelling_error(captions), spectrum_beyond(captions, k), k)


STATEMENTS = (
    Statement(
        "separation",
        separation,
        "tests/bounds/test_separation.py",
        kept="sharper: the only row on views that never meet",
    ),
)
