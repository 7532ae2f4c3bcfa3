"""`check_encoder`: its statements are true, its parts add up, and units of the features change nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import LatentWorld, check_encoder, optimal_embeddings, probe
from pairbounds.theory.bounds.encoder_check import AS_GIVEN, PARTS, REALIGNED, RESCALED
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.quantities.consistency import induced_labelling_error, label_energy
from pairbounds.theory.spectrum.triplets import spectrum
from tests.families import ANY_SEED, GRAPHS

ROUND_OFF = 1e-9
WORLD = LatentWorld(n_classes=4, n_styles=3, seed=0).caption_graph(noise=0.05, detail=0.3)
FAMILIES = ("dense_random", "sparse_random", "heavy_tailed", "tall", "wide", "latent_captions")


def random_encoder(family, seed, k):
    """A graph, and an encoder between its optimum and noise, in units of its own."""
    rng = np.random.default_rng(seed)
    graph = GRAPHS[family](rng, 14)
    noise, unit = rng.choice([0.0, 0.1, 1.0]), np.exp(rng.uniform(-4, 4))
    sides = [side + noise * rng.standard_normal(side.shape) for side in optimal_embeddings(graph, k)]
    return graph, (unit * sides[0] @ rng.standard_normal((k, k)), sides[1])


@given(st.sampled_from(FAMILIES), ANY_SEED, st.integers(1, 4))
def test_the_parts_add_up_and_the_bound_holds_in_all_units_and_is_least_in_the_best(family, seed, k):
    graph, (f, g) = random_encoder(family, seed, k)
    result = check_encoder(graph, (f, g))
    assert result.k == k
    given_bound = BOUNDS["trained-mse"](graph, result.spectrum, k, Encoder.of(graph, result.spectrum, k, (f, g)))
    table = result.table.set_index("units")
    assert table.loc[AS_GIVEN, "bound"] == pytest.approx(given_bound, abs=1e-5)
    assert (table[[*PARTS]] >= 0).all(axis=None)
    np.testing.assert_allclose(table[[*PARTS]].sum(axis=1), table["bound"])
    assert (table["pairs"] <= induced_labelling_error(graph) + ROUND_OFF).all()
    assert (table["bound"] >= result.mse - ROUND_OFF).all()
    assert (table["error_bound"] >= result.error - ROUND_OFF).all()
    assert result.bound == table["bound"].min()
    ordered = table.loc[[AS_GIVEN, RESCALED, REALIGNED]]
    assert (np.diff(ordered["loss"]) <= ROUND_OFF * max(1, abs(ordered["loss"].iloc[0]))).all()
    assert np.diff(ordered["bound"]).max() <= 1e-5  # the root of what the excess loss is rounded up by
    assert result.mse == pytest.approx(probe(graph, f).mse, abs=1e-6)


@pytest.mark.parametrize("k", [1, 3, 8])
def test_the_parts_of_the_optimum_are_sums_of_label_energy_and_none_is_due_to_optimisation(k):
    f, g = optimal_embeddings(WORLD, k)
    triplets = spectrum(WORLD, min(WORLD.joint.shape))
    energy, squares = label_energy(WORLD, triplets), triplets.singular_values**2
    beyond = 1 - energy.sum()  # in the kernel of the pairs, where σ is 0
    for encoder in ((f, g), f, (1e6 * f, g)):
        result = check_encoder(WORLD, encoder)
        assert result.best["optimisation"] < 3e-5  # a root of round-off
        assert result.best["pairs"] == pytest.approx(beyond + energy[k:] @ (1 - squares[k:]), abs=1e-8)
        assert result.best["width"] == pytest.approx(energy[k:] @ squares[k:], abs=1e-8)
        assert result.bound == pytest.approx(result.mse, abs=3e-5)
        assert "least of this width, the largest part" not in str(result)


def test_an_encoder_whose_pairs_repel_is_rescaled_by_a_negative_factor():
    f, g = optimal_embeddings(WORLD, 3)
    result = check_encoder(WORLD, (-2 * f, g))
    assert result.scale == pytest.approx(-0.5)
    assert "multiplied by -0.5, because by the spectral loss its pairs repel" in str(result)


@pytest.mark.parametrize("bias", [0.0, -16.0])
def test_an_encoder_of_another_loss_gets_the_hint_critic(bias):
    ratios = WORLD.joint.toarray() / np.outer(WORLD.left_marginal, WORLD.right_marginal)
    left, sizes, right = np.linalg.svd(np.log(ratios + 1e-3) + bias)  # near the best critics by InfoNCE
    text = str(check_encoder(WORLD, (left[:, :32] * sizes[:32], right[:32].T)))
    assert "of the spectral loss" in text
    assert "critic=" in text
    assert "critic=" not in str(check_encoder(WORLD, optimal_embeddings(WORLD, 3)))


def test_the_width_is_the_rank_of_the_columns():
    f, _ = optimal_embeddings(WORLD, 3)
    wide = f @ np.random.default_rng(0).standard_normal((3, 20))
    result = check_encoder(WORLD, wide)
    assert (result.k, result.columns) == (3, 20)
    assert "whose 20 columns span 3 dimensions" in str(result)
    assert "span 3 dimensions" in (html := result._repr_html_())
    assert "<table" in html
    assert result.bound == pytest.approx(check_encoder(WORLD, f).bound, abs=1e-5)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.ones((7, 2)), r"f has shape .* give graph.part\(nodes\)"),
        (np.zeros((WORLD.n_left, 2)), "f is 0 on every node"),
        (np.ones((WORLD.n_left, WORLD.n_left + 1)), "a linear probe on so many fits any labels"),
        (np.eye(WORLD.n_left), "f spans .* take fewer columns"),
        ((np.ones((WORLD.n_left, 2)), np.ones((WORLD.n_right, 3))), "f has width 2 and g 3"),
        (len, r"f has shape \(\)"),
    ],
)
def test_a_bad_encoder_is_one_error_line(features, message):
    with pytest.raises(ValueError, match=message) as error:
        check_encoder(WORLD, features)
    assert "\n" not in str(error.value)
