"""Untrained features: each map against loops of its formula; features of an image are the same in any company."""

import re

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.signal import correlate

from pairbounds import untrained_features
from pairbounds.__main__ import app
from pairbounds.real_data.feature_maps import FEATURE_MAPS, conv, patches, tangent

IMAGES = np.random.default_rng(0).integers(0, 256, (70, 32, 32, 3), dtype=np.uint8)
PICTURES = np.random.default_rng(1).uniform(-1, 1, (3, 3, 12, 12)).astype(np.float32)


def mapped(kind, pictures=PICTURES):
    return FEATURE_MAPS[kind](torch.tensor(pictures), np.random.default_rng(3))(torch.tensor(pictures)).numpy()


def convolved(picture, weights):
    """The last layer of the network, (96, h, w), by scipy."""
    for weight in weights:
        padded = np.pad(picture, ((0, 0), (1, 1), (1, 1)))
        picture = np.stack(
            [np.maximum(correlate(padded, kernel, "valid")[0, ::2, ::2], 0) for kernel in weight.numpy()]
        )
    return picture


@pytest.mark.parametrize("kind", FEATURE_MAPS)
def test_features_depend_on_the_image_the_seed_and_the_fitted_images_only(kind, monkeypatch):
    monkeypatch.setattr(patches, "SAMPLE", 2_000)
    before = torch.random.get_rng_state()
    features = untrained_features(IMAGES, kind=kind, n_features=7)
    assert (features.shape, features.dtype) == ((70, 7), np.float32)
    assert (features[:, 0] == 1).all()
    np.testing.assert_array_equal(features, untrained_features(IMAGES, kind=kind, n_features=7))
    for rows in (slice(50, 70), slice(41, 42)):
        some = untrained_features(IMAGES[rows], kind=kind, n_features=7, fit=IMAGES)
        np.testing.assert_allclose(some, features[rows], atol=1e-4 * np.abs(features).max())
    other_seed = untrained_features(IMAGES, kind=kind, n_features=7, seed=1)
    assert np.allclose(other_seed, features, atol=1e-2) == (kind == "pixels")
    assert torch.equal(before, torch.random.get_rng_state())


def test_pixels_give_the_scores_of_their_principal_components():
    values = IMAGES.transpose(0, 3, 1, 2).reshape(70, -1) / 127.5 - 1
    left, sizes, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    for images in (IMAGES, IMAGES / 255, torch.tensor(IMAGES).permute(0, 3, 1, 2)):
        features = untrained_features(images, kind="pixels", n_features=70)
        np.testing.assert_allclose(np.abs(features[:, 1:]), np.abs(left * sizes)[:, :69], atol=1e-3)


def test_conv_is_three_convolutions_and_means_of_places():
    large = np.random.default_rng(1).standard_normal((1, 3, 64, 64)).astype(np.float32)
    last_layer = convolved(large[0], conv.convolutions(np.random.default_rng(3), torch.device("cpu")))
    expected = [last_layer[:, i : i + 2, j : j + 2].mean((1, 2)) for i in range(0, 8, 2) for j in range(0, 8, 2)]
    np.testing.assert_allclose(mapped("conv", large)[0].reshape(96, 16).T, expected, atol=1e-4)


def test_tangent_is_a_sketch_of_the_gradient_of_each_picture():
    rng, cpu = np.random.default_rng(3), torch.device("cpu")
    weights = [*conv.convolutions(rng, cpu), conv.normal(rng, (96,), 96**-0.5, cpu)]
    buckets = rng.integers(tangent.BUCKETS, size=74_688)
    signs = rng.choice([-1, 1], 74_688)
    for picture, features in zip(PICTURES, mapped("tangent"), strict=True):
        free = [weight.clone().requires_grad_() for weight in weights]
        output = tangent.output(free, torch.tensor(picture))
        expected = convolved(picture, weights[:-1]).mean((1, 2)) @ weights[-1].numpy()
        assert output.item() == pytest.approx(expected, abs=1e-5)
        gradient = np.concatenate([part.ravel() for part in torch.autograd.grad(output, free)])
        sketch = [np.sum((signs * gradient)[buckets == bucket]) for bucket in range(tangent.BUCKETS)]
        np.testing.assert_allclose(features, sketch, atol=1e-5)


def test_patches_are_whitened_filters_with_a_soft_threshold(monkeypatch):
    monkeypatch.setattr(patches, "SAMPLE", 400)

    def patch(i, row, column):
        values = PICTURES[i, :, row : row + 6, column : column + 6].ravel().astype(float)
        return (values - values.mean()) / np.sqrt(values.var() + 10 / 127.5**2)

    sample = np.stack([patch(*corner) for corner in np.random.default_rng(3).integers([3, 7, 7], size=(400, 3))])
    values, vectors = np.linalg.eigh(np.cov(sample.T, bias=True))
    whitening = vectors @ np.diag((values + 0.1) ** -0.5) @ vectors.T
    filters = (sample[:256] - sample.mean(axis=0)) @ whitening
    filters /= np.linalg.norm(filters, axis=1)[:, None]
    above = np.zeros((3, 512, 7, 7))
    for i, row, column in np.ndindex(3, 7, 7):
        products = filters @ whitening @ (patch(i, row, column) - sample.mean(axis=0))
        above[i, :, row, column] = np.maximum(np.concatenate([products, -products]) - 0.25, 0)
    halves = slice(0, 4), slice(3, 7)  # the middle place is in both
    expected = np.stack([above[..., rows, columns].mean((2, 3)) for rows in halves for columns in halves], axis=-1)
    np.testing.assert_allclose(mapped("patches"), expected.reshape(3, -1), atol=1e-4)


def test_users_add_maps_and_bad_arguments_raise(monkeypatch):
    monkeypatch.setitem(FEATURE_MAPS, "colour", lambda _fitted, _rng: lambda pictures: pictures.mean((2, 3)))
    assert untrained_features(IMAGES, kind="colour", n_features=3).shape == (70, 3)
    with pytest.raises(ValueError, match=r"n_features=17 is not in 2\.\.3: colour has 3 outputs"):
        untrained_features(IMAGES, kind="colour")
    monkeypatch.undo()
    for images, kind, message in (
        (IMAGES, "convs", "kind 'convs' is none of 4: is it 'conv'?"),
        (IMAGES[0], "conv", "images have shape (32, 32, 3): give (n, h, w, 3)"),
        (IMAGES.astype(int), "conv", "images hold int64: give bytes (uint8)"),
        (IMAGES.astype(float), "conv", "images hold values outside [0, 1]"),
        (np.ones((9, 8, 8, 3)), "conv", "all 9 images have the same features: give images that differ"),
        (np.full((4, 8, 8, 3), np.nan), "conv", "images hold values outside [0, 1]"),
        ("nowhere", "conv", "folder nowhere does not exist, or holds no pictures (.bmp"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            untrained_features(images, kind=kind)


def test_check_aligns_features_of_the_command_by_id(source, call, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images = source.dataset
    features = untrained_features(images.files[0].parent, kind="pixels")
    ids = [f"{file}" for file in sorted(images.files)]
    in_order = images.take(np.argsort([f"{file}" for file in images.files]))
    np.testing.assert_array_equal(features, untrained_features(in_order, kind="pixels"))
    pairs = zip(images.files, images.captions, images.labels, strict=True)
    rows = [(file, text, label) for file, texts, label in pairs for text in texts]
    pd.DataFrame(rows, columns=["image", "caption", "label"]).to_csv("pairs.csv", index=False)
    for _ in range(2):  # the command may overwrite its own file
        words = "graph table --set root=pairs.csv --features pixels --out x.npz"
        assert call(app, *words.split())[1] == "x.npz: 28 features of 112 images by pixels\n"
    stored, order = np.load("x.npz"), np.random.default_rng(0).permutation(112)
    assert stored["ids"].tolist() == ids
    np.savez("shuffled.npz", features=stored["features"][order], ids=stored["ids"][order])
    np.save("x.npy", stored["features"])
    check = ["check", "pairs.csv", "--k", 3, "--through"]
    by_id, shuffled, by_row = (call(app, *check, f"{file}")[1] for file in ("x.npz", "shuffled.npz", "x.npy"))
    assert "through: measured" in by_id
    assert by_id == shuffled
    assert by_row.splitlines()[0].startswith(f"x.npy: rows are taken in the order of sorted ids, {ids[0]!r} the first")
    assert by_row.splitlines()[1:] == by_id.splitlines()
    np.savez("few.npz", features=features[:-2], ids=ids[:-2])
    np.savez("twice.npz", features=features, ids=[*ids[:-1], ids[0]])
    np.savez("nameless.npz", features=features)
    for line, message in (
        ([*check, "few.npz"], f"few.npz: 2 of 112 nodes have no row, {ids[-2]!r} the first. Add their rows"),
        ([*check, "twice.npz"], "twice.npz: 112 rows have 111 different ids"),
        ([*check, "nameless.npz"], "nameless.npz cannot be read: "),
        (["graph", "torus", "--features", "conv", "--out", "y.npz"], "graph torus has no images: --features needs one"),
        (["graph", "emoji", "--features", "conv", "--out", "y.npy"], "the name of a feature file must end in .npz"),
        (["graph", "emoji", "--features", "conv", "--out", "few.npz"], "few.npz was not written by pairbounds"),
    ):
        assert message in refused(app, *line)
