"""Losses and encoders of a user in Python: results of training, and errors."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from pairbounds import ForeignCodeError, LatentWorld, loss, train
from pairbounds.simulations.losses import LOSSES
from pairbounds.simulations.observations import caption_features, image_features
from tests.families import family_graph

WORLD = LatentWorld(n_classes=3, n_styles=2, n_positions=4, seed=1)
GRAPH = WORLD.caption_graph(0.1, 0.5)
IMAGES, CAPTIONS = image_features(WORLD, width=6), caption_features(WORLD, GRAPH, width=5)
INPUTS, SAME_WIDTH = (IMAGES, CAPTIONS), (IMAGES[:, :5], CAPTIONS)


def spectral(first, second, weight):
    """`-2 E_P[f(x)ᵀ g(l)] + E_{p_L × p_R}[(f(x)ᵀ g(l))²]`, from the pairs alone."""
    apart = weight @ (first @ second.T).square() @ weight
    return -2 * weight @ (first * second).sum(1) + apart


def infonce(first, second, weight):
    scores, log = first @ second.T, weight.log()
    forward, backward = torch.logsumexp(scores + log, 1), torch.logsumexp(scores.T + log, 1)
    return weight @ ((forward + backward) / 2 - scores.diagonal())


class Scaled(nn.Module):
    """InfoNCE with a scale that is learnt."""

    def __init__(self):
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(0.0, dtype=torch.float64))

    def forward(self, first, second, weight):
        return infonce(self.log_scale.exp() * first, second, weight)


def linear(n_inputs, k):
    return nn.Linear(n_inputs, k)


def of_pictures(shape, k):
    """`shape` is (channels, height, width)."""
    return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), k))


@pytest.mark.parametrize(
    ("written", "options"),
    [(spectral, {}), (infonce, {}), (spectral, {"pairs": 200}), (spectral, {"penalty": 0.3}), (infonce, {"batch": 30})],
)
@pytest.mark.parametrize("family", ["sparse_random", "heavy_tailed", "rank_one"])
def test_a_user_loss_trains_like_the_same_built_in_loss(written, options, family):
    graph = family_graph(family, 0, 12)
    options = {"k": 3, "steps": 30, "learning_rate": 0.1, "device": "cpu", **options}
    by_function, by_name = (train(graph, loss=loss, **options) for loss in (written, written.__name__))
    np.testing.assert_allclose(by_function.left, by_name.left, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(by_function.history["loss"], by_name.history["loss"], rtol=1e-9)
    assert by_function.history["excess_loss"].isna().all()


@pytest.mark.parametrize("pairs", [None, 200])
def test_the_parameters_of_a_loss_are_trained(pairs):
    module = Scaled()
    train(GRAPH, 3, loss=module, steps=20, pairs=pairs)
    assert module.log_scale.item() != 0


def test_a_registered_loss_class_is_created_for_each_training():
    loss("scaled")(Scaled)
    try:
        first, second = (train(GRAPH, 3, loss="scaled", steps=20, device="cpu") for _ in range(2))
        np.testing.assert_array_equal(first.left, second.left)
    finally:
        del LOSSES["scaled"]


@pytest.mark.parametrize(("network", "inputs"), [("free", None), (linear, INPUTS)])
def test_the_seed_determines_the_encoder_and_torchs_generator_is_unchanged(network, inputs):
    state = torch.random.get_rng_state()
    first, again, other = (
        train(GRAPH, 2, encoder=network, inputs=inputs, steps=2, seed=seed, device="cpu") for seed in (0, 0, 1)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    np.testing.assert_array_equal(first.left, again.left)
    assert not np.array_equal(first.left, other.left)


@pytest.mark.parametrize("precision", [torch.float32, torch.float64])
def test_a_module_is_trained_in_place_in_its_own_precision(precision):
    left, right = nn.Linear(6, 2, dtype=precision), nn.Linear(5, 2, dtype=precision)
    before = left.weight.detach().clone()
    result = train(GRAPH, 2, encoder=(left, right), inputs=INPUTS, steps=5, device="cpu")
    assert not torch.equal(left.weight, before)
    assert left.weight.dtype == precision
    for module, x, side in ((left, IMAGES, result.left), (right, CAPTIONS, result.right)):
        expected = module(torch.tensor(x, dtype=precision)).detach().double().numpy()
        np.testing.assert_array_equal(side, expected)
        assert side.dtype == np.float64


@pytest.mark.parametrize(
    ("sides", "inputs"),
    [
        (("free", linear), (None, CAPTIONS)),
        ((nn.Linear(6, 2), "mlp"), INPUTS),
        ((nn.Identity(), "linear"), (IMAGES[:, :2], CAPTIONS)),  # a side that stays what it is
        (nn.Linear(5, 2), SAME_WIDTH),  # one module for both
        ((of_pictures, "linear"), (IMAGES.reshape(-1, 1, 2, 3), CAPTIONS)),
    ],
    ids=["free, own", "own, mlp", "frozen, linear", "shared", "pictures"],
)
def test_each_side_has_its_own_encoder_or_both_share_one(sides, inputs):
    result = train(GRAPH, 2, encoder=sides, inputs=inputs, steps=5, learning_rate=0.01)
    assert result.history["loss"].iloc[-1] < result.history["loss"].iloc[0]


def test_dropout_is_on_in_training_and_off_in_logged_embeddings():
    frozen, dropout = nn.Dropout(0.5).eval(), nn.Dropout(0.5)
    module = nn.Sequential(frozen, nn.Linear(5, 50), dropout, nn.Linear(50, 2))
    result = train(GRAPH, 2, encoder=module, inputs=SAME_WIDTH, steps=2, device="cpu")
    assert (dropout.training, frozen.training) == (True, False)
    again = module.eval()(torch.tensor(SAME_WIDTH[0], dtype=torch.float32)).detach().numpy()
    np.testing.assert_allclose(result.left, again, rtol=1e-5)


class Cut(nn.Linear):
    def forward(self, x):
        return super().forward(x).detach()


WRONG_LOSSES = [
    (lambda first, second, weight: first.sum(1), r"returned a tensor of shape \(\d+,\), expected a scalar"),
    (lambda first, second, weight: first.detach().sum(), "returned a tensor without a gradient: avoid numpy, .item()"),
]
WRONG_ENCODERS = [
    (lambda n_inputs, k: None, "returned NoneType, expected a torch.nn.Module"),
    (lambda n_inputs, k: nn.Linear(n_inputs, 3), r"returned embeddings of shape \(\d+, 3\), expected \(\d+, 2\)"),
    (lambda n_inputs, k: Cut(n_inputs, k), "returned a tensor without a gradient"),
]


@pytest.mark.parametrize(
    ("options", "function", "message"),
    [
        *(({"loss": function}, function, message) for function, message in WRONG_LOSSES),
        *(
            ({"encoder": (function, "linear"), "inputs": INPUTS}, function, message)
            for function, message in WRONG_ENCODERS
        ),
    ],
)
def test_a_failing_function_is_named_with_its_line(options, function, message):
    with pytest.raises(ForeignCodeError, match=message) as caught:
        train(GRAPH, 2, steps=3, **options)
    (kind, *_), line = options, function.__code__.co_firstlineno
    assert str(caught.value).startswith(f"{kind} '<lambda>' ({__file__}, line {line}) failed: ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "spectre"}, "loss='spectre' is unknown: choose one of clip, induced_spectral, infonce, nt_xent, sp"),
        ({"loss": 3}, "loss=3 is not valid: give the name of a loss, or a function"),
        ({"encoder": "resnet"}, "encoder='resnet' is unknown: choose one of free, linear, mlp"),
        ({"encoder": 3}, "encoder=3 is not valid: give the name of an encoder, a module or a function"),
        ({"encoder": linear}, r"encoder='linear' needs inputs=\(left, right\)"),
        ({"encoder": linear, "inputs": (IMAGES,)}, "inputs have 1 parts: give a pair"),
        ({"encoder": ("free", linear), "inputs": INPUTS}, "encoder='free' takes no inputs"),
        ({"encoder": nn.Identity(), "inputs": (IMAGES[:, :2], CAPTIONS[:, :2])}, "no trainable parameter"),
    ],
)
def test_bad_arguments_raise_before_training(options, message):
    with pytest.raises(ValueError, match=message):
        train(GRAPH, 2, **options)
