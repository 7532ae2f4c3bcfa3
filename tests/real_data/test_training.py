"""Encoders trained from pixels: views, objectives, the trainer and its checkpoints, the probe, and whole studies."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.__main__ import app
from pairbounds.real_data.pairings.views import views_of
from pairbounds.real_data.studies import pretraining
from pairbounds.real_data.studies.pretraining import pretraining_table
from pairbounds.real_data.studies.resampled_training import resampling_runs
from pairbounds.real_data.training import linear_probe as linear_probe_module
from pairbounds.real_data.training import standardised as standardised_module
from pairbounds.real_data.training.guides import ENCODER, LABELS, RANDOM, blind_guide, oracle_guide, seen_guide
from pairbounds.real_data.training.linear_probe import linear_probe
from pairbounds.real_data.training.networks import Backbone, WordBag, text_tower
from pairbounds.real_data.training.objectives.clip import ImageText
from pairbounds.real_data.training.objectives.simclr import TwoViews
from pairbounds.real_data.training.objectives.supervised import Supervised
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.runs import RESULT, Run, Studio, run_all
from pairbounds.real_data.training.splits import Split, split
from pairbounds.real_data.training.trainer import CHECKPOINT, LOG, train_encoder, untrained
from pairbounds.real_data.training.views import Batch, FreshViews, stored_pictures, view_pool
from pairbounds.theory.resampling import ALL_FOUR, FOUR
from tests.limits import PATIENCE, largest_file
from tests.real_data import tiny
from tests.real_data.colours import RowEncoder, coloured_source
from tests.real_data.resumed import train

RECIPE = Recipe(epochs=3, batch=16, warmup=1)
EVERYBODY = np.arange(64)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return coloured_source(tmp_path_factory.mktemp("colours"))


@pytest.fixture(scope="module")
def studio(source, tmp_path_factory):
    return Studio(source, tmp_path_factory.mktemp("cache"), views=3, device="cpu")


@pytest.fixture(scope="module")
def pool(studio):
    return view_pool(studio.source.dataset, 3, 1.0, studio.cache)


def two_views(width, rule="none", guide=blind_guide, **options):
    return TwoViews(width, 0.1, rule, guide, options)


# The split.


def test_a_split_keeps_subjects_together_and_leaves_nobody_out(source):
    parts = split(source.subjects, seed=3)
    own = [set(source.subjects[part]) for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, own)) == len(set.union(*own)) == 56
    assert [len(part) for part in own] == [34, 11, 11]
    assert sorted(np.concatenate([parts.train, parts.validation, parts.test])) == list(range(112))
    assert not np.array_equal(parts.test, split(source.subjects, seed=4).test)
    assert np.array_equal(parts.test, split(source.subjects, seed=3).test)
    with pytest.raises(ValueError, match="4 subjects: at least 5"):
        split(list("abcd"), 0)


# Views.


def test_a_pool_gives_two_different_views_of_each_image_and_what_the_guide_saw_of_them(source, studio):
    drawn = views_of(source.dataset, 3, 0.5, seed=0)
    seen = RowEncoder().encode_images(drawn, None)
    pool = view_pool(source.dataset, 3, 0.5, studio.cache, seen)
    images = np.array([7, 2, 99])
    first, second = pool.batches([images, images], 2, np.random.default_rng(0))
    for batch in (first, second):
        assert batch.pictures.shape == (6, 3, 24, 24)
        used = []
        for row, image in enumerate(np.tile(images, 2)):
            matches = [v for v in range(3) if np.array_equal(pool.pictures[image, v], batch.pictures[row])]
            assert matches
            np.testing.assert_allclose(batch.seen[row], seen[3 * image + matches[0]], rtol=1e-6)
            expected = np.asarray(drawn.image(3 * image + matches[0])).transpose(2, 0, 1)
            assert np.array_equal(batch.pictures[row], expected)
            used.append(matches[0])
        assert all(a != b for a, b in zip(used[:3], used[3:], strict=True))
    assert not torch.equal(first.pictures, second.pictures)
    again = next(pool.batches([images], 2, np.random.default_rng(0)))
    assert torch.equal(first.pictures, again.pictures)


def test_fresh_views_follow_from_their_seed_alone_and_the_guide_sees_the_same(source):
    images = [np.array([1, 5]), np.array([60, 61])]
    here, elsewhere = (FreshViews(source.dataset, 1.0, RowEncoder(), workers) for workers in (0, 1))
    first = list(here.batches(images, 2, np.random.default_rng(1)))
    again = list(elsewhere.batches(images, 2, np.random.default_rng(1)))
    other = list(here.batches(images, 2, np.random.default_rng(2)))
    for one, same, different in zip(first, again, other, strict=True):
        assert torch.equal(one.pictures, same.pictures)
        assert not torch.equal(one.pictures, different.pictures)
        assert not torch.equal(*one.pictures.chunk(2))
        as_eye = one.pictures.permute(0, 2, 3, 1).float() / 255
        np.testing.assert_allclose(one.seen, RowEncoder().embed(as_eye), rtol=1e-6)


def test_views_that_cannot_be_are_refused(source, studio):
    with pytest.raises(ValueError, match="views=1: a positive pair takes two"):
        view_pool(source.dataset, 1, 1.0, studio.cache)
    with pytest.raises(ValueError, match=r"strength=2\.0 is not in"):
        view_pool(source.dataset, 2, 2.0, studio.cache)
    sizeless = replace(source.dataset, size=None)
    with pytest.raises(ValueError, match="give the data set one"):
        list(FreshViews(sizeless).batches([np.array([0])], 1, np.random.default_rng(0)))


# Networks.


def test_networks_are_small_timms_or_clips(tmp_path):
    pictures = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    for name, width in (("small", 64), ("resnet10t", 512)):
        backbone = Backbone(name)
        assert backbone.width == width
        assert backbone(pictures).shape == (2, width)
    assert sum(weights.numel() for weights in Backbone("small").parameters()) == 77_392
    tiny.register_clip(tmp_path)
    clip = Backbone("open_clip/tiny-clip")
    assert clip(pictures[..., :32, :32]).shape == (2, clip.width) == (2, 16)
    for name in ("resnet-one", "open_clip/none"):
        with pytest.raises(ValueError, match="none"):
            Backbone(name)


def test_a_bag_of_words_is_the_mean_of_the_words_that_it_knows(tmp_path):
    bag = WordBag(["Red thing", "blue-green thing"])
    assert sorted(bag.rows) == ["blue", "green", "red", "thing"]
    rows = bag(bag.tokens(["thing red unheard", "unheard"]))
    mean = bag.vectors.weight[[bag.rows["thing"], bag.rows["red"]]].mean(0)
    torch.testing.assert_close(rows, torch.stack([mean, torch.zeros_like(mean)]))
    tiny.register_clip(tmp_path)
    tower = text_tower("open_clip/tiny-clip", [])
    assert tower(tower.tokens(["red thing", "x"])).shape == (2, tower.width)
    with pytest.raises(ValueError, match="'letters' is neither 'words'"):
        text_tower("letters", [])


# Objectives.


def a_batch(rng, images=5, width=4):
    return Batch(
        np.arange(images), torch.zeros(2 * images, 3, 2, 2), torch.from_numpy(rng.standard_normal((10, width)))
    )


def test_simclr_is_the_loss_written_out():
    rng = np.random.default_rng(0)
    objective, features = two_views(6).double(), torch.from_numpy(rng.standard_normal((10, 6)))
    found = objective(features, a_batch(rng), rng)
    z = torch.nn.functional.normalize(objective.head(features), dim=1).detach().numpy()
    terms = []
    for i in range(10):
        others = sum(math.exp(z[i] @ z[j] / 0.1) for j in range(10) if j != i)
        terms.append(-math.log(math.exp(z[i] @ z[(i + 5) % 10] / 0.1) / others))
    assert found.item() == pytest.approx(np.mean(terms), rel=1e-12)


def test_clip_is_the_loss_written_out():
    rng, captions = np.random.default_rng(0), [("a",), ("b c",), ("c",), ("a b",), ("d",)]
    objective = ImageText(6, captions, WordBag(["a b c d"], width=3)).double()
    features = torch.from_numpy(rng.standard_normal((5, 6)))
    found = objective(features, a_batch(rng), rng)
    u = torch.nn.functional.normalize(objective.image_head(features)).detach().numpy()
    texts = objective.tower(objective.tower.tokens([one for (one,) in captions]))
    v = torch.nn.functional.normalize(objective.text_head(texts)).detach().numpy()
    scores = u @ v.T / 0.07
    terms = [
        -math.log(math.exp(scores[i, i]) / sum(math.exp(score) for score in line))
        for i in range(5)
        for line in (scores[i], scores[:, i])
    ]
    assert found.item() == pytest.approx(np.mean(terms), rel=1e-6)


def test_an_image_is_shown_with_each_of_its_captions():
    heard = set()

    class Listening(WordBag):
        def tokens(self, texts):
            heard.update(texts)
            return super().tokens(texts)

    objective = ImageText(2, [("a", "b", "c")], Listening(["a b c"]))
    rng = np.random.default_rng(0)
    for _ in range(30):
        objective(torch.ones(1, 2), Batch(np.array([0]), torch.zeros(1, 3, 2, 2), None), rng)
    assert heard == {"a", "b", "c"}


def test_supervision_is_cross_entropy_of_the_labels_of_the_batch():
    objective = Supervised(3, np.array([0, 2, 1, 2, 0]))
    features = torch.randn(2, 3)
    batch = Batch(np.array([3, 1]), torch.zeros(2, 3, 2, 2), None)
    expected = torch.nn.functional.cross_entropy(objective.head(features), torch.tensor([2, 2]))
    torch.testing.assert_close(objective(features, batch, np.random.default_rng(0)), expected)


def test_every_rule_and_guide_makes_another_loss():
    labels, rng = np.array([0, 1, 0, 1, 1]), np.random.default_rng(2)
    batch, features = a_batch(rng), torch.from_numpy(rng.standard_normal((10, 6)))
    heads = two_views(6).double().head
    found = {}
    for rule in (*FOUR, ALL_FOUR):
        for name, guide in ((ENCODER, seen_guide), (LABELS, oracle_guide(labels)), (RANDOM, blind_guide)):
            objective = two_views(6, rule, guide).double()
            objective.head = heads
            if rule != "add_new_positive":
                objective.options = {"fraction": 0.3}
            found[rule, name] = objective(features, batch, np.random.default_rng(0)).item()
    plain = two_views(6).double()
    plain.head = heads
    found["none", RANDOM] = plain(features, batch, rng).item()
    # Labels say nothing of two views of one image: their ties are broken as the random guide breaks them.
    assert found.pop(("drop_false_positive", LABELS)) == found["drop_false_positive", RANDOM]
    assert len(set(np.round(list(found.values()), 12))) == len(found)


def test_a_rule_whose_guide_sees_nothing_is_refused():
    batch = Batch(np.arange(2), torch.zeros(4, 3, 2, 2), None)
    with pytest.raises(ValueError, match="drawn without a guide"):
        two_views(6, "drop_easy_negative", seen_guide)(torch.randn(4, 6), batch, np.random.default_rng(0))


# The trainer.


def test_training_starts_from_the_untrained_network_and_lowers_the_loss(pool):
    recipe = replace(RECIPE, epochs=8)
    before = torch.random.get_rng_state()
    start = untrained(recipe, 5, "cpu")
    trained = train_encoder(pool, EVERYBODY, two_views, recipe, 5, device="cpu")
    assert torch.equal(before, torch.random.get_rng_state())
    pairs = zip(start.backbone.parameters(), trained.backbone.parameters(), strict=True)
    assert not any(torch.equal(before, after) for before, after in pairs)
    log = trained.log
    assert log["epoch"].tolist() == list(range(1, 9))
    assert log["steps"].tolist() == [4 * epoch for epoch in range(1, 9)]
    assert log["loss"].iloc[-1] < log["loss"].iloc[0] < 1.2 * math.log(31)
    assert trained.features(pool.pictures[:, 0]).shape == (112, 64)


def test_the_learning_rate_rises_then_falls_along_a_cosine(pool):
    recipe = replace(RECIPE, epochs=4, learning_rate=1e-3)
    log = train_encoder(pool, EVERYBODY, two_views, recipe, 0, device="cpu").log
    assert log["learning_rate"].iloc[0] == pytest.approx(3.5 / 4 * 1e-3)
    for epoch in (2, 3, 4):
        at = (epoch - 1 - 0.125) / 3
        assert log["learning_rate"].iloc[epoch - 1] == pytest.approx(1e-3 * (1 + math.cos(math.pi * at)) / 2)


@pytest.mark.parametrize(("optimizer", "rate"), [("lars", 0.3), ("sgd", 0.01)])
def test_optimizers_are_timms(pool, optimizer, rate):
    recipe = replace(RECIPE, epochs=8, optimizer=optimizer, learning_rate=rate)
    log = train_encoder(pool, EVERYBODY, two_views, recipe, 0, device="cpu").log
    assert log["loss"].iloc[-1] < log["loss"].iloc[0]


def test_a_checkpoint_of_something_else_is_refused_and_nothing_is_unpickled(pool, tmp_path):
    train = partial(train_encoder, pool, EVERYBODY, two_views, device="cpu", folder=tmp_path)
    done = train(RECIPE, 0, about={"rule": "none"})
    content = (tmp_path / CHECKPOINT).read_bytes()
    pd.testing.assert_frame_equal(train(RECIPE, 0, about={"rule": "none"}).log, done.log)
    for recipe, seed, about in (
        (replace(RECIPE, temperature=0.2), 0, {"rule": "none"}),
        (RECIPE, 1, {"rule": "none"}),
        (RECIPE, 0, {"rule": "another"}),
    ):
        with pytest.raises(ValueError, match="is of another recipe, seed, objective or data"):
            train(recipe, seed, about=about)
    assert (tmp_path / CHECKPOINT).read_bytes() == content
    torch.save({"identity": Path("/")}, tmp_path / CHECKPOINT)
    with pytest.raises(ValueError, match="holds more than weights: remove it"):
        train(RECIPE, 0)
    torch.save({"identity": "another's"}, tmp_path / CHECKPOINT)
    with pytest.raises(ValueError, match="is of another program"):
        train(RECIPE, 0)


def test_training_that_cannot_be_is_refused(pool):
    with pytest.raises(ValueError, match="5 images to train on are fewer than batch=16"):
        train_encoder(pool, np.arange(5), two_views, RECIPE, 0)
    with pytest.raises(FloatingPointError, match="in epoch 1: lower the learning rate"):
        train_encoder(pool, EVERYBODY, two_views, replace(RECIPE, learning_rate=1e30, optimizer="sgd"), 0)
    for wrong in (
        {"epochs": 0}, {"batch": 1}, {"warmup": 3}, {"warmup": -1}, {"learning_rate": 0.0}, {"temperature": math.inf},
        {"weight_decay": -1.0}, {"precision": "float16"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(wrong))):
            replace(RECIPE, **wrong)


def test_a_run_that_is_killed_and_resumed_has_the_log_of_one_that_is_not(pool, tmp_path):
    """Another process is killed; here the run goes on, and another of the same recipe is never disturbed."""
    np.save(tmp_path / "pool.npy", pool.pictures)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    command = [sys.executable, "-m", "tests.real_data.resumed", tmp_path / "pool.npy", broken, "6"]
    process = subprocess.Popen(list(map(str, command)), cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + PATIENCE
    while not (broken / LOG).is_file():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(pd.read_csv(broken / LOG)) < 6
    for folder in (broken, whole):
        train(pool, 6, folder)
    assert (broken / LOG).read_bytes() == (whole / LOG).read_bytes()
    states = [torch.load(folder / CHECKPOINT, weights_only=True)["backbone"] for folder in (whole, broken)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert {path.name for path in broken.iterdir()} - {"tensorboard"} == {CHECKPOINT, LOG}


def test_tensorboard_reads_the_log_of_a_run_and_of_the_one_that_goes_on(pool, tmp_path):
    from tensorboard.backend.event_processing import event_accumulator as events

    for _ in range(2):  # the second trains no more
        log = train_encoder(pool, EVERYBODY, two_views, RECIPE, 0, folder=tmp_path).log
    found = events.EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    read = [(event.step, event.value) for event in found.Scalars("loss")]
    assert read == [(epoch, pytest.approx(loss, rel=1e-6)) for epoch, loss in log[["epoch", "loss"]].to_numpy()]


def test_a_kill_between_checkpoint_and_log_costs_no_row_of_the_log(pool, tmp_path):
    train_encoder(pool, EVERYBODY, two_views, RECIPE, 0, folder=tmp_path)
    whole = (tmp_path / LOG).read_bytes()
    for left in (b"".join(whole.splitlines(keepends=True)[:-1]), None):
        (tmp_path / LOG).unlink() if left is None else (tmp_path / LOG).write_bytes(left)
        train_encoder(pool, EVERYBODY, two_views, RECIPE, 0, folder=tmp_path)  # nothing is left to be trained
        assert (tmp_path / LOG).read_bytes() == whole


def test_views_that_cannot_be_written_are_an_error_and_none_is_kept(tmp_path):
    dataset = coloured_source(tmp_path).dataset
    with pytest.raises(OSError, match=r"cannot be written \(File too large\)"), largest_file(1000):
        stored_pictures(dataset, tmp_path / "cache")
    assert not [*(tmp_path / "cache").iterdir()]
    expected = [pil_to_tensor(dataset.image(index)) for index in range(len(dataset))]
    np.testing.assert_array_equal(stored_pictures(dataset, tmp_path / "cache"), np.stack(expected))


# The probe.


def test_the_probe_finds_what_logistic_regression_finds():
    rng = np.random.default_rng(0)
    labels = rng.integers(4, size=900)
    features = 1.2 * rng.standard_normal((4, 8))[labels] + rng.standard_normal((900, 8))
    features = np.hstack([100 * features, np.ones((900, 1))])
    parts = Split(np.arange(500), np.arange(500, 700), np.arange(700, 900))
    found = linear_probe(features, labels, parts, 0)
    scaled = StandardScaler().fit(features[:500]).transform(features)
    peer = LogisticRegression(max_iter=1000).fit(scaled[:500], labels[:500])
    assert found.test == pytest.approx(peer.score(scaled[700:], labels[700:]), abs=0.03)
    assert 0.6 < found.test < 1
    assert found == linear_probe(features, labels, parts, 0)
    with pytest.raises(ValueError, match="the encoder has diverged"):
        linear_probe(np.where(features == 1, np.nan, features), labels, parts, 0)


def test_classifiers_side_by_side_are_those_trained_one_after_another():
    """By torch's own weight decay, in batches of which the last is shorter."""
    rng, count = np.random.default_rng(1), 3
    rows, classes = torch.randn(300, 5, generator=torch.Generator().manual_seed(0)), rng.integers(count, size=300)
    labels = torch.from_numpy(classes)
    found = linear_probe_module._trained(rows, labels, count, 7)
    assert tuple(found) == linear_probe_module.WEIGHT_DECAYS
    for decay, classifier in found.items():
        alone, order = torch.nn.Linear(5, count), torch.Generator().manual_seed(7)
        for weights in alone.parameters():
            torch.nn.init.zeros_(weights)
        optimizer = torch.optim.SGD(alone.parameters(), lr=0.1, momentum=0.9, weight_decay=decay)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, linear_probe_module.EPOCHS)
        for _ in range(linear_probe_module.EPOCHS):
            for batch in torch.randperm(300, generator=order).split(256):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(alone(rows[batch]), labels[batch]).backward()
                optimizer.step()
            schedule.step()
        torch.testing.assert_close(classifier.weight, alone.weight, rtol=0, atol=1e-6)
        torch.testing.assert_close(classifier.bias, alone.bias, rtol=0, atol=1e-6)


# Studies.


def test_a_study_has_every_rule_with_every_guide_and_its_references():
    runs = [run for seed in range(2) for run in resampling_runs("all", RECIPE, seed, published=True)]
    assert len(runs) == len(set(runs)) == 2 * (3 + 5 * 3 - 1 + 5)
    assert len({run.key for run in runs}) == len(runs)
    assert {run.kind for run in resampling_runs("none", RECIPE, 1)} == {"untrained", "supervised", "simclr"}
    with pytest.raises(ValueError, match="rule 'add' is none of"):
        resampling_runs("drop_false_positive+add", RECIPE, 1)


def test_a_study_trains_once_and_judges_on_every_label_set(studio, tmp_path):
    runs = [
        Run("untrained", RECIPE, 0),
        Run("supervised", replace(RECIPE, epochs=25), 0, strength=0.1),
        Run("simclr", RECIPE, 0, rule=ALL_FOUR, guide=ENCODER),
        Run("simclr", RECIPE, 0, rule="add_new_positive", guide=LABELS),
        Run("clip", RECIPE, 0),
    ]
    table = run_all(runs, studio, tmp_path)
    assert table["labels"].tolist() == ["colour", "greenish"] * 5
    assert table["steps"].tolist() == [0, 0, 100, 100] + [12] * 6
    assert table["test"].between(0, 1).all()
    assert table.loc[2, "test"] > 0.8
    trained = {path: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{CHECKPOINT}")}
    assert len(trained) == 4
    pd.testing.assert_frame_equal(
        run_all(runs[::-1], studio, tmp_path)[::-1].groupby("kind").max(), table.groupby("kind").max()
    )
    assert trained == {path: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{CHECKPOINT}")}
    with pytest.raises(ValueError, match="is of other data"):
        run_all(runs[:1], replace(studio, views=2), tmp_path)
    for content in ("junk", "[]", '{"identity": {}}'):
        (tmp_path / runs[0].key / RESULT).write_text(content)
        with pytest.raises(ValueError, match=r"result .*result\.json cannot be read: remove it"):
            run_all(runs[:1], studio, tmp_path)


def test_pretraining_chooses_by_validation_and_gives_both_objectives_as_much(studio, tmp_path):
    options = {name: getattr(RECIPE, name) for name in ("batch", "warmup")}
    grid = {"learning_rates": (1e-3, 1e-2), "strengths": (0.25, 1.0)}
    settings = pretraining.Settings(**options, **grid, epochs=2)
    table = pretraining_table(settings, studio, tmp_path, 1, 1)
    trained = table[table["kind"] != "untrained"]
    assert trained["kind"].nunique() == 2
    for _, rows in trained.groupby("kind"):
        assert rows["steps"].unique() == [8]
        tried = rows[rows["labels"] == "colour"]
        assert len(tried[["learning_rate", "strength"]].drop_duplicates()) == 4
        assert tried[tried["chosen"]]["validation"].tolist() == [tried["validation"].max()]
        assert rows["chosen"].sum() == 2
    assert table[table["kind"] == "untrained"]["chosen"].all()


def test_pictures_are_drawn_once_and_whole(source, tmp_path):
    first = stored_pictures(source.dataset, tmp_path)
    assert np.array_equal(first[9], np.asarray(source.dataset.image(9)).transpose(2, 0, 1))
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mtime_ns == (stored_pictures(source.dataset, tmp_path), path.stat().st_mtime_ns)[1]


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(("ducks", "geese", "swans")):
        for index in range(8):
            tiny.picture(tmp_path / "images" / name / f"{index}.png", seed=10 * number + index)
    tiny.register_clip(tmp_path)
    return tmp_path / "images"


def test_resampling_goes_from_a_folder_and_a_clip_model_to_a_table(call, folder, tmp_path):
    settings = tiny.sets(
        dataset="imagefolder", root=folder, size=32, rules="add_new_positive", model="tiny-clip", pretrained="random",
        epochs=2, warmup=0, batch=8, views=0, optimizer="lars", cache=tmp_path / "cache",
    )  # fmt: skip
    code, out, err = call(app, "study", "resampled_training", *settings, "--seeds", "1", "--out", tmp_path / "out")
    assert code == 0, err
    assert "resampled_training.parquet: 6 rows" in out
    table = pd.read_parquet(tmp_path / "out" / "resampled_training.parquet")
    assert table["guide"].tolist() == [RANDOM] * 3 + [ENCODER, LABELS, RANDOM]
    about = json.loads((tmp_path / "out" / "resampled_training.parquet.json").read_text())["configuration"]
    assert about["encoder"] == "tiny-clip, random"
    assert about["optimizer"] == "lars"
    assert about["views"] == 0


def test_pretraining_takes_a_table_of_pairs_and_the_towers_of_a_clip_model(call, folder, tmp_path):
    files = sorted(folder.glob("*/*.png"))
    names = [path.parent.name for path in files]
    rows = pd.DataFrame({"image": list(map(str, files)), "caption": [f"some {name}" for name in names], "label": names})
    rows.to_csv(tmp_path / "pairs.csv", index=False)
    settings = tiny.sets(
        dataset="table", root=tmp_path / "pairs.csv", size=32, backbone="open_clip/tiny-clip", epochs=2, warmup=0,
        text_tower="open_clip/tiny-clip", batch=8, views=2, cache=tmp_path / "cache", learning_rates=[1e-3, 1e-2],
        strengths=[0.25, 1],
    )  # fmt: skip
    code, out, err = call(app, "study", "pretraining", *settings, "--seeds", "1", "--out", tmp_path / "out")
    assert code == 0, err
    assert "pretraining.parquet: 9 rows" in out
    assert "Captions name the label here" in out


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rules": "add"}, "rule 'add' is none of"),
        ({"epochs": "3"}, "warmup=4 is not in 0..2"),
        ({"backbone": "no-such"}, "backbone 'no-such' is none of"),
        ({"optimizer": "no-such"}, "optimizer 'no-such' is none of"),
        ({"dataset": "table"}, "data set table needs a root"),
        ({"views": "1"}, "views=1: a positive pair takes two"),
    ],
)
def test_bad_arguments_are_one_line(call, tmp_path, settings, message):
    code, _, err = call(app, "study", "resampled_training", *tiny.sets(**settings), "--out", tmp_path / "out")
    assert code == 2
    assert message in err
    assert err.splitlines()[-1].startswith("error: ")


@pytest.mark.gpu
def test_on_a_gpu_training_in_bfloat16_lowers_the_loss_and_is_resumed(pool, tmp_path):
    recipe = Recipe("resnet18", epochs=4, batch=16, optimizer="lars", learning_rate=0.3, warmup=1, precision="bfloat16")
    train = partial(train_encoder, pool, EVERYBODY, two_views, recipe, 0, device="cuda", folder=tmp_path)
    log = train().log
    assert log["loss"].iloc[-1] < log["loss"].iloc[0]
    pd.testing.assert_frame_equal(train().log, log)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_features_are_scaled_in_blocks_as_they_are_whole(monkeypatch, precision):
    rng, train = np.random.default_rng(0), np.arange(5, 60, 2)
    features = (rng.standard_normal((70, 4)) * [1, 1e-3, 1e3, 0] + [0, 1, -1e3, 2]).astype(precision)
    monkeypatch.setattr(standardised_module, "BLOCK", 8)
    expected = StandardScaler().fit(features[train].astype(float)).transform(features.astype(float))
    expected[:, 3] = 0  # constant
    found = standardised_module.standardised(features, train)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    features[3, 1] = np.inf
    with pytest.raises(ValueError, match="the encoder has diverged"):
        standardised_module.standardised(features, train)
