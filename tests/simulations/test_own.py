"""Losses and encoders of one's own in Python: what they are trained to, and what is said of those that do not work."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from pairbounds import ForeignCodeError, LatentWorld, encoder, loss, train
from pairbounds.infrastructure.foreign import ForeignResultError
from pairbounds.simulations.encoders import ENCODERS
from pairbounds.simulations.losses import LOSSES, PairLoss
from pairbounds.simulations.observations import caption_features, image_features
from pairbounds.simulations.own import own_loss
from tests.families import GRAPHS

WORLD = LatentWorld(n_classes=3, n_styles=2, n_positions=4, seed=1)
GRAPH = WORLD.caption_graph(0.1, 0.5)
IMAGES, CAPTIONS = image_features(WORLD, width=6), caption_features(WORLD, GRAPH, width=5)
INPUTS = IMAGES, CAPTIONS


def spectral(first, second, weight):
    """`-2 E_P[f(x)ᵀ g(l)] + E_{p_L × p_R}[(f(x)ᵀ g(l))²]`, from the pairs alone."""
    apart = weight @ (first @ second.T).square() @ weight
    return -2 * weight @ (first * second).sum(1) + apart


def infonce(first, second, weight):
    scores, log = first @ second.T, weight.log()
    forward, backward = torch.logsumexp(scores + log, 1), torch.logsumexp(scores.T + log, 1)
    return weight @ ((forward + backward) / 2 - scores.diagonal())


def embeddings(graph, k=3):
    rng = np.random.default_rng(1)
    return [torch.tensor(rng.standard_normal((n, k)), requires_grad=True) for n in graph.joint.shape]


# The pairs and their weights say all there is to say of a graph.


@pytest.mark.parametrize(("name", "written"), [("spectral", spectral), ("infonce", infonce)])
@pytest.mark.parametrize("family", ["dense_random", "sparse_random", "heavy_tailed", "rank_one"])
def test_a_loss_of_the_pairs_is_that_of_the_graph(name, written, family):
    graph = GRAPHS[family](np.random.default_rng(0), 12)
    sides = embeddings(graph)
    value, target = (kind(graph).population(*sides) for kind in (own_loss(written), LOSSES[name]))
    assert value.item() == pytest.approx(target.item(), rel=1e-9, abs=1e-12)
    for mine, theirs in zip(*(torch.autograd.grad(one, sides) for one in (value, target)), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-8, atol=1e-12)


@given(size=st.integers(2, 6), seed=st.integers(0, 100))
def test_a_batch_is_its_pairs_all_alike(size, seed):
    rng = np.random.default_rng(seed)
    first, second = (torch.tensor(rng.standard_normal((size, 3))) for _ in range(2))
    batch = LOSSES["infonce"](GRAPH).sampled(first, second)
    assert own_loss(infonce)(GRAPH).sampled(first, second).item() == pytest.approx(batch.item(), rel=1e-10)


def test_training_a_loss_of_ones_own_is_training_it():
    options = {"k": 3, "steps": 30, "device": "cpu"}
    for more in ({}, {"pairs": 200}, {"penalty": 0.3}):
        mine, theirs = (train(GRAPH, loss=one, **options, **more) for one in (spectral, "spectral"))
        np.testing.assert_allclose(mine.left, theirs.left, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(mine.history["loss"], theirs.history["loss"], rtol=1e-9)
        assert mine.history["excess_loss"].isna().all()
    batches = [train(GRAPH, loss=one, batch=30, **options) for one in (infonce, "infonce")]
    np.testing.assert_allclose(batches[0].left, batches[1].left, rtol=1e-8)


class Scaled(nn.Module):
    """InfoNCE with a scale that is learnt."""

    def __init__(self):
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(0.0, dtype=torch.float64))

    def forward(self, first, second, weight):
        return infonce(self.log_scale.exp() * first, second, weight)


@pytest.mark.parametrize("pairs", [None, 200])
def test_the_parameters_of_a_loss_are_trained(pairs):
    module = Scaled()
    train(GRAPH, 3, loss=module, steps=20, pairs=pairs)
    assert module.log_scale.item() != 0


def test_a_registered_class_is_made_anew_for_each_training():
    loss("scaled")(Scaled)
    try:
        first, second = (train(GRAPH, 3, loss="scaled", steps=20, device="cpu") for _ in range(2))
        np.testing.assert_array_equal(first.left, second.left)
        whole = LOSSES["scaled"](GRAPH)
        assert whole.on(GRAPH).own is whole.own  # on a training set it trains the same parameters
        assert isinstance(whole, PairLoss)
    finally:
        del LOSSES["scaled"]


# Encoders.


def linear(n_inputs, k):
    return nn.Linear(n_inputs, k)


def test_one_seed_gives_one_network_and_leaves_the_stream_of_torch_alone():
    state = torch.random.get_rng_state()
    first, again, other = (
        train(GRAPH, 2, encoder=linear, inputs=INPUTS, steps=2, seed=s, device="cpu") for s in (0, 0, 1)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    np.testing.assert_array_equal(first.left, again.left)
    assert not np.array_equal(first.left, other.left)


@pytest.mark.parametrize("precision", [torch.float32, torch.float64])
def test_a_module_is_trained_in_place_in_its_own_precision(precision):
    left, right = nn.Linear(6, 2, dtype=precision), nn.Linear(5, 2, dtype=precision)
    before = left.weight.detach().clone()
    found = train(GRAPH, 2, encoder=(left, right), inputs=INPUTS, steps=5, device="cpu")
    assert not torch.equal(left.weight, before)
    assert left.weight.dtype == precision
    for module, x, side in ((left, IMAGES, found.left), (right, CAPTIONS, found.right)):
        expected = module(torch.tensor(x, dtype=precision)).detach().double().numpy()
        np.testing.assert_array_equal(side, expected)
        assert side.dtype == np.float64


def test_one_module_is_both_sides():
    module = nn.Linear(5, 2)
    train(GRAPH, 2, encoder=module, inputs=(IMAGES[:, :5], CAPTIONS), steps=2)
    with pytest.raises(ForeignCodeError, match=r"encoder 'Linear' \(.+, line \d+\) failed: RuntimeError: ."):
        train(GRAPH, 2, encoder=module, inputs=INPUTS, steps=2)


@pytest.mark.parametrize(
    ("sides", "inputs"),
    [
        (("mlp", "free"), (IMAGES, None)),
        (("free", linear), (None, CAPTIONS)),
        ((nn.Linear(6, 2), "linear"), INPUTS),
        ((nn.Identity(), "linear"), (IMAGES[:, :2], CAPTIONS)),  # a side that stays what it is
    ],
    ids=["mlp, free", "free, own", "own, linear", "frozen, linear"],
)
def test_each_side_has_its_own_encoder(sides, inputs):
    found = train(GRAPH, 2, encoder=sides, inputs=inputs, steps=5, learning_rate=0.01)
    assert found.history["loss"].iloc[-1] < found.history["loss"].iloc[0]
    if isinstance(sides[0], nn.Identity):
        np.testing.assert_array_equal(found.left, IMAGES[:, :2])


def test_dropout_is_off_where_embeddings_are_logged_and_on_where_they_are_trained():
    module = nn.Sequential(nn.Linear(5, 50), nn.Dropout(0.5), nn.Linear(50, 2))
    frozen = nn.Dropout(0.5).eval()
    train(GRAPH, 2, encoder=nn.Sequential(frozen, module), inputs=(IMAGES[:, :5], CAPTIONS), steps=2)
    assert module[1].training
    assert not frozen.training
    seen = []
    train(
        GRAPH, 2, encoder=module, inputs=(IMAGES[:, :5], CAPTIONS), steps=1, observe=lambda f, g: seen.append(f) or {}
    )
    again = module.eval()(torch.tensor(IMAGES[:, :5], dtype=torch.float32)).detach().numpy()
    np.testing.assert_allclose(seen[-1], again, rtol=1e-5)


# What does not work.


class Cut(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(6, 2)

    def forward(self, x):
        return self.inner(x).detach()


class NotFinite(nn.Linear):
    def forward(self, x):
        return super().forward(x) / 0


class InPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.sum()

    @staticmethod
    def backward(ctx, gradient):
        raise KeyError("no gradient")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda first, second, weight: 1 / 0, "failed: ZeroDivisionError: ."),
        (lambda first, second, weight: first.sum(1), r"returned a tensor of shape \(\d+,\), and not a number"),
        (lambda first, second, weight: first.detach().sum(), "returned a tensor without a gradient: numpy, .item()"),
        (lambda first, second, weight: (first - first).norm(dim=1).sum().sqrt(), "returned nan after 1 steps"),
        (lambda first, second: first.sum(), r"takes \(first, second\), and is called with \(first, second, weight\)"),
        (lambda first, second, weight: InPlace.apply(first), "failed: KeyError: 'no gradient'"),
    ],
)
def test_a_loss_that_does_not_work_is_named_with_its_line(function, said):
    with pytest.raises(ForeignCodeError, match=said) as caught:
        train(GRAPH, 2, loss=function, steps=3)
    assert "loss '<lambda>'" in caught.value.name
    assert caught.value.file == __file__
    assert abs(caught.value.line - function.__code__.co_firstlineno) <= 20  # or of what it calls


@pytest.mark.parametrize(
    ("built", "said"),
    [
        (lambda n_inputs, k: None, "returned NoneType, and not a torch.nn.Module"),
        (lambda n_inputs: None, r"takes \(n_inputs\), and is called with \(n_inputs, k\)"),
        (
            lambda n_inputs, k: nn.Linear(n_inputs, k + 1),
            r"returned embeddings of shape \(\d+, 3\), and not \(\d+, 2\)",
        ),
        (lambda n_inputs, k: Cut(), "returned a tensor without a gradient"),
        (
            lambda n_inputs, k: NotFinite(n_inputs, k),
            "returned embeddings that are not finite: lower the learning rate",
        ),
    ],
)
def test_an_encoder_that_does_not_work_is_named(built, said):
    with pytest.raises(ForeignCodeError, match=said) as caught:
        train(GRAPH, 2, encoder=(built, "linear"), inputs=INPUTS, steps=2)
    assert caught.value.name == "encoder '<lambda>'"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"loss": "spectre"}, "loss='spectre' is none of spectral, induced_spectral, infonce, clip, nt_xent"),
        ({"loss": 3}, "loss=3 is neither the name of a loss nor a function"),
        ({"encoder": "resnet"}, "encoder='resnet' is none of free, linear, mlp, conv"),
        ({"encoder": 3}, "encoder=3 is neither the name of an encoder, nor a module, nor a function"),
        ({"encoder": linear}, r"encoder='linear' needs inputs=\(left, right\)"),
        ({"encoder": (linear,) * 3, "inputs": INPUTS}, "encoder has 3 parts"),
        ({"encoder": linear, "inputs": (IMAGES,)}, "inputs have 1 parts: give a pair"),
        ({"encoder": ("free", linear), "inputs": INPUTS}, "encoder='free' has a vector for each node"),
        ({"encoder": nn.Identity(), "inputs": (IMAGES[:, :2], CAPTIONS[:, :2])}, "no parameter that can be trained"),
    ],
)
def test_what_cannot_be_trained_is_said_before_it_is(options, said):
    with pytest.raises(ValueError, match=said):
        train(GRAPH, 2, **options)


@pytest.mark.parametrize("register", [loss, encoder])
def test_names_are_texts_and_not_taken(register):
    registered = LOSSES if register is loss else ENCODERS
    before = dict(registered)
    with pytest.raises(ValueError, match=r"the name 3 of an? .* is not a text"):
        register(3)
    with pytest.raises(ValueError, match=r"named '.*' is registered already: choose another name"):
        register(next(iter(registered)))(spectral if register is loss else linear)
    with pytest.raises(ValueError, match="'x' is not a function"):
        register("x")(3)
    with pytest.raises(ForeignResultError, match=r"takes \(x\), and is called with"):
        register("x")(lambda x: x)
    with pytest.raises(ValueError, match="is not a function or a class, which would build one"):
        encoder("mine")(nn.Linear(2, 2))
    assert registered == before
