"""Properties of every graph family: formulas, seeds, settings, bounds, and training."""

from dataclasses import fields
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from pairbounds import FAMILIES, check_bounds, induced_labelling_error, spectrum
from pairbounds.simulations.families.circle import Circle
from pairbounds.simulations.families.difficult_examples import DifficultExamples
from pairbounds.simulations.families.gaussian_mixture import GaussianMixture
from pairbounds.simulations.families.hierarchical_captions import HierarchicalCaptions
from pairbounds.simulations.families.hypercube import Hypercube
from pairbounds.simulations.families.linear_gaussian import LinearGaussian
from pairbounds.simulations.families.ring_of_cliques import RingOfCliques
from pairbounds.simulations.families.sharp_linear_probe import SharpLinearProbe
from pairbounds.simulations.families.stochastic_block import StochasticBlock
from pairbounds.simulations.families.zipf_captions import ZipfCaptions

DRAWN = {"gaussian_mixture", "hierarchical_captions", "stochastic_block", "zipf_captions"}


def small(maximum: int, minimum: int = 1):
    return st.integers(minimum, maximum)


# Products of few of them stay within the range of a float, or are 0: what lies below is refused as weights.
PROBABILITY = st.floats(0, 1).map(lambda p: 0.0 if p < 1e-50 else p)
BY_TYPE = {int: small(4), float: PROBABILITY, Literal["first", "parity"]: st.sampled_from(["first", "parity"])}
PLACED = {"n_positions": small(6), "reach": small(2, 0)}
SPECIAL = {  # settings of other sizes
    "circle": PLACED,
    "torus": {**PLACED, "n_circles": small(3)},
    "ring_of_cliques": {"n_classes": small(7, 3)},
    "sharp_linear_probe": {"m": st.floats(1, 1e6)},
    "stochastic_block": {"within": st.floats(0.05, 1)},
    "zipf_captions": {"n_vocabulary": small(12, 4), "exponent": st.floats(0, 3)},
}


@st.composite
def valid(draw, name: str):
    """A family with any valid settings."""
    if name == "difficult_examples":
        images = draw(small(6, 2))
        across, within = sorted((draw(PROBABILITY), draw(PROBABILITY)))
        boundary = across + draw(PROBABILITY) * (1 - within) * (1 - 1e-12)
        return DifficultExamples(draw(small(4)), images, draw(small(images - 1)), within, across, boundary)
    special = SPECIAL.get(name, {})
    values = {field.name: draw(special.get(field.name, BY_TYPE[field.type])) for field in fields(FAMILIES[name])}
    try:
        return FAMILIES[name](**values)
    except ValueError:
        reject()


@pytest.mark.parametrize("name", sorted(FAMILIES.keys() - {"gaussian_mixture", "linear_gaussian"}))
def test_the_spectrum_and_the_induced_labelling_error_are_those_of_the_formula(name):
    @given(valid(name))
    def holds(family):
        graph = family.expected()
        k = min(graph.n_left, graph.n_right)
        computed = spectrum(graph, k, method="dense").singular_values
        np.testing.assert_allclose(family.singular_values(k) ** 2, computed**2, atol=1e-12)
        assert family.singular_values(k + 3)[k:].max() < 1e-7
        assert family.induced_labelling_error() == pytest.approx(induced_labelling_error(graph), abs=1e-12)

    holds()


@pytest.mark.parametrize("name", FAMILIES)
def test_the_seed_determines_the_graph_and_every_bound_holds(name):
    first, again, other = (FAMILIES[name]().graph(seed) for seed in (0, 0, 1))
    assert first.left_labels is not None
    assert first.right_labels is not None
    assert (first.joint != again.joint).nnz == 0
    np.testing.assert_array_equal(first.right_labels, again.right_labels)
    differs = first.joint.shape != other.joint.shape or (first.joint != other.joint).nnz > 0
    assert differs == (name in DRAWN)
    smaller = min(other.joint.shape)
    for k in sorted({1, smaller // 2 or 1, smaller}):
        assert check_bounds(other, k)["holds"].all(), k


# Settings.


@pytest.mark.parametrize(
    ("family", "bad", "message"),
    [
        (Circle, {"n_positions": 25}, "n_positions=25 must be a multiple of n_classes=3"),
        (Circle, {"n_classes": 0}, "n_classes=0 is not a positive integer"),
        (Circle, {"reach": 12}, "reach=12 must be an integer, at least 0 and below 24 / 2"),
        (Hypercube, {"flip": 1.1}, "flip=1.1 is not a probability"),
        (Hypercube, {"n_label_bits": 6}, "n_label_bits=6 must be at most n_bits=5"),
        (GaussianMixture, {"n_dimensions": 1}, "n_dimensions=1 is too small for a circle of means"),
        (HierarchicalCaptions, {"class_share": 0.7}, "sum to more than 1"),
        (ZipfCaptions, {"exponent": np.inf}, "exponent=inf must be finite"),
        (ZipfCaptions, {"n_vocabulary": 2}, "n_vocabulary=2 must be at least n_classes=3"),
        (DifficultExamples, {"n_difficult": 8}, "n_difficult=8 must be less than n_images=8"),
        (DifficultExamples, {"boundary": 0.8}, "boundary - across <= 1"),
        (LinearGaussian, {"n_bins": 5}, "n_bins=5 must be even"),
        (LinearGaussian, {"image_loadings": ((1.0,),)}, "need rows of the same, positive length"),
        (RingOfCliques, {"n_classes": 2}, "n_classes=2 is too small for a ring"),
        (SharpLinearProbe, {"m": 0.5}, "m=0.5 must be finite and at least 1"),
        (StochasticBlock, {"within": 0.0, "across": 0.0}, "give no pairs"),
    ],
)
def test_bad_settings(family, bad, message):
    with pytest.raises(ValueError, match=message):
        family(**bad)


def test_an_expected_graph_of_all_pairs_is_small_and_a_drawn_one_may_be_large():
    large = HierarchicalCaptions(n_instances=2_000)
    with pytest.raises(ValueError, match="are more than 4000000 pairs"):
        large.expected()
    assert large.graph().n_left == 12_000
