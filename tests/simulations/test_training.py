import numpy as np
import pandas as pd
import pytest
import scipy.linalg

from pairbounds import BOUNDS, LatentWorld, PairGraph, check_bounds, probe, spectral_loss, spectrum, train
from pairbounds.simulations.losses import LOSSES
from pairbounds.simulations.observations import caption_features, image_features
from pairbounds.simulations.pair_sampling import draw_pairs
from pairbounds.simulations.spectral_descent import SpectralDescent
from pairbounds.simulations.two_towers import TwoTowers
from pairbounds.theory.quantities.factorisation import best_partner

WORLD = LatentWorld(n_classes=3, n_styles=2, n_positions=8, seed=1)
GRAPH = WORLD.caption_graph(0.1, 0.5)


def test_training_reaches_the_optimum_and_the_history_is_that_of_its_result():
    result = train(GRAPH, 4, steps=800, log_every=50)
    history, last_row, top = result.history, result.history.iloc[-1], spectrum(GRAPH, 4)
    assert list(history.columns) == ["step", "loss", "excess_loss", "subspace_angle", "probe_error"]
    assert history["step"].tolist() == list(range(0, 801, 50))
    assert last_row["loss"] == pytest.approx(spectral_loss(GRAPH, result.left, result.right), rel=1e-12)
    assert last_row["loss"] == pytest.approx(-np.sum(top.singular_values**2), rel=1e-6)
    assert 0 <= last_row["excess_loss"] + 1e-12 < 1e-5
    weighted = np.sqrt(GRAPH.left_marginal)[:, None] * result.left
    angle = np.degrees(scipy.linalg.subspace_angles(weighted, top.left).max())
    assert angle < 1
    assert last_row["subspace_angle"] == pytest.approx(angle, abs=1e-6)
    assert last_row["probe_error"] == probe(GRAPH, result.left).error


def test_a_penalty_keeps_the_singular_values_above_it():
    values = spectrum(GRAPH, 9).singular_values
    penalty = float(values[2:4].mean())
    result = train(GRAPH, 5, penalty=penalty, steps=1_200, log_every=1_200, device="cpu")
    marginals = GRAPH.left_marginal, GRAPH.right_marginal
    f, g = (np.sqrt(mass)[:, None] * side for mass, side in zip(marginals, (result.left, result.right), strict=True))
    products = np.linalg.svd(f @ g.T, compute_uv=False)[:4]
    np.testing.assert_allclose(products, np.maximum(0, values[:4] - penalty), atol=1e-3)
    last_row = result.history.iloc[-1]
    plain = spectral_loss(GRAPH, result.left, result.right)
    assert last_row["loss"] == pytest.approx(plain + penalty * (np.sum(f**2) + np.sum(g**2)), rel=1e-12)
    assert 0 <= last_row["excess_loss"] + 1e-12 < 1e-5


def test_a_penalty_on_batches_is_unbiased():
    """Its contribution to the first loss of a run, on the whole graph and on a batch."""

    def added(batch):
        penalised, plain = (
            train(GRAPH, 4, penalty=penalty, batch=batch, steps=1, device="cpu").history["loss"][0]
            for penalty in (0.5, 0.0)
        )
        return penalised - plain

    assert added(500) == pytest.approx(added(None), rel=0.05)


# Networks, other losses, training sets and batches.

FEATURES = image_features(WORLD), caption_features(WORLD, GRAPH)
PICTURES = np.ones((WORLD.n_images, 3, 8, 8)), FEATURES[1]
INPUTS = {"free": None, "linear": FEATURES, "mlp": FEATURES}
RUNS = [
    *((loss, "free", {}) for loss in LOSSES),
    *(("infonce", encoder, {}) for encoder in ("linear", "mlp")),
    ("spectral", "mlp", {"pairs": 300}),
    ("spectral", "free", {"batch": 32}),
    ("nt_xent", "mlp", {"batch": 32, "pairs": 300}),
]


@pytest.mark.parametrize(("loss", "encoder", "options"), RUNS)
def test_every_encoder_obeys_every_bound_at_every_logged_step(loss, encoder, options):
    """Theorem 7 among them, for the pair as it is and for its left side with the best partner.

    What is about the optimum is the same at every step: other tests hold it.
    """
    triplets, checks = spectrum(GRAPH, 5), []
    named = [name for name, claim in BOUNDS.items() if claim.subject in ("encoder", "penalised encoder")]

    def observe(left, right):
        for features in ((left, right), (left, best_partner(GRAPH, left))):
            table = check_bounds(GRAPH, 4, features, bounds=named, triplets=triplets, penalty=0.5)
            checks.append(table.set_index("bound"))
        return {}

    options = {"inputs": INPUTS[encoder], "optimizer": "adam", "steps": 40, "log_every": 20, "device": "cpu", **options}
    result = train(GRAPH, 4, loss=loss, encoder=encoder, observe=observe, **options)
    assert len(checks) == 2 * len(result.history) == 6
    assert all(table["holds"].all() for table in checks)
    assert all(np.isfinite(table.loc["near-optimal-error", "value"]) for table in checks)
    assert np.isfinite(result.history.drop(columns="excess_loss")).all(axis=None)
    assert result.history["excess_loss"].isna().all() == (loss == "nt_xent")
    if not options.keys() & {"pairs", "batch"}:
        assert result.history["loss"].iloc[-1] < result.history["loss"].iloc[0]
    if loss == "nt_xent":  # which trains no right side
        np.testing.assert_array_equal(result.right, best_partner(GRAPH, result.left))
    else:
        assert result.history["excess_loss"].min() >= -1e-9


def test_a_training_set_is_learned_and_the_population_is_measured():
    result = train(GRAPH, 4, pairs=200, optimizer="adam", learning_rate=0.02, steps=600, log_every=600, seed=3)
    rng = np.random.default_rng(3)
    TwoTowers.of(GRAPH, 4, "free", None, rng)  # which is drawn before the pairs
    sample = draw_pairs(GRAPH, 200, rng)
    lowest = -np.sum(spectrum(sample.graph, 4).singular_values ** 2)
    assert result.history["loss"].iloc[-1] == pytest.approx(lowest, rel=1e-3)
    population_loss = spectral_loss(GRAPH, result.left, result.right)
    optimum = -np.sum(spectrum(GRAPH, 4).singular_values ** 2)
    assert result.history["excess_loss"].iloc[-1] == pytest.approx(population_loss - optimum)


def test_unlabelled_graphs_train_without_a_probe():
    history = train(PairGraph(np.random.default_rng(3).random((8, 6))), 2, steps=7, log_every=5).history
    assert list(history.columns) == ["step", "loss", "excess_loss", "subspace_angle"]
    assert history["step"].tolist() == [0, 5, 7]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": "newton"}, "optimizer='newton' is unknown: choose sgd"),
        ({"encoder": "mlp", "inputs": FEATURES[::-1]}, "left inputs have shape"),
        ({"encoder": "mlp", "inputs": PICTURES}, "encoder 'mlp' takes feature vectors"),
        ({"encoder": "linear", "inputs": (FEATURES[0] * np.nan, FEATURES[1])}, "values that are NaN or infinite"),
        ({"pairs": 0}, "n=0 is too small"),
        ({"batch": 1}, "batch=1 is too small"),
        ({"steps": 0}, "steps=0"),
        ({"penalty": -0.1}, "penalty=-0.1 must be at least 0"),
        ({"learning_rate": -0.1}, "learning_rate=-0.1, momentum=0.9: both must be at least 0"),
        ({"learning_rate": 1e3, "steps": 500}, "lower the learning rate"),
        ({"loss": lambda first, second, weight: (first - first).norm(dim=1).sum().sqrt()}, "is nan after 1 steps"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises((ValueError, FloatingPointError), match=message):
        train(GRAPH, 2, **options)


@pytest.mark.parametrize("options", [{}, {"momentum": 0.0}, {"penalty": 0.3, "learning_rate": 0.05}])
def test_the_explicit_descent_equals_that_of_torch(options, monkeypatch):
    """Step by step, up to round-off."""
    written_out = train(GRAPH, 4, steps=300, device="cpu", **options)
    monkeypatch.setattr(SpectralDescent, "suits", lambda *_: False)
    by_torch = train(GRAPH, 4, steps=300, device="cpu", **options)
    pd.testing.assert_frame_equal(written_out.history, by_torch.history, rtol=1e-10, atol=1e-10)
    for ours, theirs in ((written_out.left, by_torch.left), (written_out.right, by_torch.right)):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10 * abs(theirs).max())


@pytest.mark.gpu
@pytest.mark.parametrize(("loss", "encoder", "options"), RUNS)
def test_the_gpu_trains_alike(loss, encoder, options):
    first, second = (
        train(GRAPH, 3, loss=loss, encoder=encoder, inputs=INPUTS[encoder], steps=20, device=device, **options)
        for device in ("cpu", "cuda")
    )
    np.testing.assert_allclose(first.left, second.left, atol=1e-6)
