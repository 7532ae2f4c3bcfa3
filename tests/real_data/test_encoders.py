"""Encoders on small pictures, with a tiny CLIP model and with weights from packages."""

from dataclasses import replace
from pathlib import Path

import huggingface_hub
import matplotlib as mpl
import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn.functional import normalize

from pairbounds.real_data.datasets.emoji import emoji
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import LiveEncoder
from pairbounds.real_data.encoders.gradients import Gradients
from pairbounds.real_data.encoders.minilm import MiniLM
from pairbounds.real_data.encoders.offline import train_offline_encoder
from pairbounds.real_data.encoders.open_clip import OpenClip
from pairbounds.real_data.pairings.sources import source
from tests.real_data import tiny
from tests.real_data.tiny import error_of

HIDDEN = [3, 17]  # images of two concepts; both drawings of them are 3, 5, 15 and 17
TEXTS = ["a photo of a tench.", "goldfish", "a widget in a video game, with a much longer text than the others have"]


@pytest.fixture(scope="module")
def dataset(pictures):
    return imagefolder(pictures)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    tiny.register_clip(tmp_path_factory.mktemp("model"))
    return "tiny-clip"


@pytest.fixture(scope="module")
def checkpoint(model, tmp_path_factory):
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("weights") / "tiny.pt"
    torch.save(open_clip.create_model(model).state_dict(), path)
    return path


@pytest.fixture(scope="module")
def drawings():
    """Both drawings of twelve concepts."""
    dataset = emoji()
    chosen = np.linspace(0, len(dataset) // 2 - 1, 12).astype(np.int64)
    return dataset.take(np.concatenate([chosen, chosen + len(dataset) // 2]))


@pytest.fixture(scope="module")
def offline(drawings, tmp_path_factory):
    cache = tmp_path_factory.mktemp("features")
    return train_offline_encoder(drawings, HIDDEN, cache), cache


def test_features_of_local_checkpoints_equal_those_of_open_clip(dataset, model, checkpoint, tmp_path, monkeypatch):
    save_file(torch.load(checkpoint, weights_only=True), tmp_path / "tiny.safetensors")
    network, _, transform = open_clip.create_model_and_transforms(model, str(checkpoint))
    network.eval()
    with torch.no_grad():
        rows = [network.encode_image(transform(dataset.image(i))[None]) for i in range(len(dataset))]
        texts = network.encode_text(open_clip.get_tokenizer(model)(TEXTS))
    monkeypatch.setattr(OpenClip, "batch_size", 4)
    for path in (checkpoint, tmp_path / "tiny.safetensors"):
        encoder = OpenClip(model, path)
        features = encoder.encode_images(dataset, tmp_path / path.suffix)
        np.testing.assert_allclose(features, normalize(torch.cat(rows)).numpy(), atol=1e-5)
        np.testing.assert_allclose(encoder.encode_texts(TEXTS, None), normalize(texts).numpy(), atol=1e-5)
        assert features.dtype == np.float64


@pytest.mark.parametrize("size", [32, 48])
def test_a_batch_has_the_features_of_its_single_pictures(model, checkpoint, size):
    pictures = torch.rand(5, 3, size // 4, size // 4, generator=torch.Generator().manual_seed(0))
    pictures = (255 * torch.nn.functional.interpolate(pictures, (size, size))).byte()
    encoder, low = (OpenClip(model, checkpoint, precision=precision) for precision in ("float32", "bfloat16"))
    expected, result = LiveEncoder.see(encoder, pictures), encoder.see(pictures)
    scale = expected.abs().max()
    assert (result - expected).abs().max() < (1e-5 if size == 32 else 1e-2) * scale  # resized: bytes differ by a step
    assert 0 < (low.see(pictures) - result).abs().max() < 0.05 * scale
    assert low.see(pictures).dtype == torch.float32


@pytest.mark.parametrize("make", [EfficientNet, Gradients])
def test_features_of_an_image_do_not_depend_on_its_batch(dataset, make):
    encoder = make()
    features = encoder.encode_images(dataset, None)
    single_features = [encoder.encode_images(dataset.take([index]), None)[0] for index in range(3)]
    np.testing.assert_allclose(features[:3], single_features, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, rtol=1e-12)
    assert abs(features @ features.T - np.eye(len(dataset))).max() > 1e-3


def test_features_of_a_text_do_not_depend_on_its_batch():
    encoder = MiniLM()
    features = encoder.encode_texts(TEXTS, None)
    np.testing.assert_allclose(features, [encoder.encode_texts([text], None)[0] for text in TEXTS], atol=1e-5)


def test_keys_depend_on_weights_and_precision_and_random_weights_are_fixed(dataset, model, checkpoint):
    options = [(checkpoint, "float32"), (checkpoint, "bfloat16"), ("random", "float32")]
    encoders = [OpenClip(model, weights, precision=precision) for weights, precision in options]
    assert len({encoder.key for encoder in encoders}) == 3
    again = OpenClip(model, "random")
    assert again.key == encoders[2].key
    np.testing.assert_allclose(again.encode_images(dataset, None), encoders[2].encode_images(dataset, None), atol=1e-6)
    assert EfficientNet(pixels=64).key != EfficientNet(pixels=96).key


def test_wrong_choices_are_one_line(model, checkpoint):
    assert "precision 'float16' is none of 2: is it 'bfloat16'" in error_of(
        OpenClip, model, checkpoint, precision="float16"
    )
    for tag in ("openai", "metaclip_400m"):
        assert f"{tag} were trained with QuickGELU: use model 'ViT-B-32-quickgelu'" in error_of(
            OpenClip, "ViT-B-32", tag
        )
    with pytest.warns(UserWarning, match="may need QuickGELU: for OpenAI's weights use model 'tiny-pair-quickgelu'"):
        OpenClip("tiny-pair", checkpoint)


def test_weights_come_from_the_cache_of_the_hub_and_an_unreachable_hub_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    assert "and the hub cannot be reached: connect" in error_of(OpenClip, "ViT-B-32", "laion2b_s34b_b79k")
    repository = tmp_path / "models--laion--CLIP-ViT-B-32-laion2B-s34B-b79K"
    weights = repository / "snapshots" / "abc" / "open_clip_model.safetensors"
    for part in (repository / "refs", weights.parent):
        part.mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc")
    save_file({"logit_scale": torch.ones(())}, weights)
    assert f"cannot make ViT-B-32 from {weights}" in error_of(OpenClip, "ViT-B-32", "laion2b_s34b_b79k")


def test_efficientnet_classifies_a_photograph():
    encoder = EfficientNet()
    with Image.open(Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg") as photograph, torch.no_grad():
        scores = encoder.network(encoder.prepare(photograph)[None].contiguous(memory_format=torch.channels_last))
    assert int(scores.argmax()) == 652  # military uniform


def test_minilm_places_texts_of_like_meaning_near_one_another():
    rows = MiniLM().encode_texts(["a dog barks", "the puppy is making noise", "interest rates fell"], None)
    assert rows.shape == (3, 384)
    assert rows[0] @ rows[1] > 0.4 > 0.2 > rows[0] @ rows[2]


def test_gradients_equal_their_formula_and_are_uniform_for_one_colour(dataset, tmp_path):
    image = dataset.take([0])
    grey = np.asarray(replace(image, size=72).image(0).convert("L"), dtype=np.float64)
    down, right = np.gradient(grey)
    angle, length = np.arctan2(down, right) % np.pi, np.hypot(down, right)
    sums, bins = np.zeros((8, 8, 9)), np.minimum(9 * angle // np.pi, 8).astype(int)
    np.add.at(sums, (*np.indices((72, 72)) // 9, bins), length)
    features = Gradients().encode_images(replace(image, size=72), None)[0]
    np.testing.assert_allclose(features, np.sqrt(sums / sums.sum()).ravel(), atol=2e-3)
    Image.new("RGB", (30, 20), "white").save(tmp_path / "white.png")
    blank = replace(image, files=(tmp_path / "white.png",))
    assert Gradients().encode_images(blank, None)[0] == pytest.approx(np.full(576, 1 / 24))


def test_trained_heads_match_images_to_training_texts(drawings, offline):
    encoder, cache = offline
    images, names = encoder.encode_images(drawings, cache), [captions[0] for captions in drawings.captions]
    scores = images @ encoder.encode_texts(names, cache).T
    visible = np.setdiff1d(np.arange(len(drawings)), [3, 5, 15, 17])
    same_name = np.equal.outer(np.array(names)[visible], np.array(names)[visible])
    assert scores[np.ix_(visible, visible)][same_name].min() > np.median(scores[np.ix_(visible, visible)][~same_name])
    with pytest.raises(ValueError, match="fewer than two sets of captions are not hidden"):
        train_offline_encoder(drawings, range(1, 12), None)


def test_hidden_images_and_their_concepts_do_not_affect_training(drawings, offline):
    encoder, cache = offline
    for image, changes in ((3, False), (4, True)):
        changed = tuple(("changed",) if texts == drawings.captions[image] else texts for texts in drawings.captions)
        again = train_offline_encoder(replace(drawings, captions=changed), HIDDEN, cache)
        # A text's features may differ in their last digits by the batch that it is in.
        assert np.allclose(again.image_head, encoder.image_head, atol=1e-3) != changes


def test_an_encoder_never_evaluates_its_own_pairs(drawings, model):
    judges = [source(drawings, None, load=load).evaluator for load in (lambda: OpenClip(model, "random"), None)]
    assert [judge.name for judge in judges] == ["efficientnet-lite0", "gradients"]
