"""Encoders trained from pixels: views, objectives, the trainer and its checkpoints, the probe, and whole studies."""

import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from pairbounds import resampled_nt_xent
from pairbounds.__main__ import app
from pairbounds.infrastructure.files import replace_bytes
from pairbounds.real_data.pairings.augmentations import views_of
from pairbounds.real_data.training import trainer
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import RESULT, run_all, train
from pairbounds.real_data.training.evaluation import linear_probe, standardised
from pairbounds.real_data.training.networks import ENCODER as ENCODER_FILE
from pairbounds.real_data.training.networks import Backbone
from pairbounds.real_data.training.objectives import Supervised, TwoViews, projection_head
from pairbounds.real_data.training.recipe import Recipe, Run
from pairbounds.real_data.training.splits import Split, split
from pairbounds.real_data.training.trainer import CHECKPOINT, LOG, train_encoder, untrained
from pairbounds.real_data.training.view_batches import Batch, ViewPool, view_pool
from pairbounds.real_data.training.view_guides import (
    ENCODER,
    LABELS,
    RANDOM,
    blind_guide,
    exact_guide,
    oracle_guide,
    seen_guide,
)
from pairbounds.theory.resampling.effects import ALL_FOUR
from tests.real_data import tiny
from tests.real_data.colours import RowEncoder

RECIPE = Recipe(epochs=3, batch=16, warmup=1)
EVERYBODY = np.arange(64)


@pytest.fixture(scope="module")
def studio(source, tmp_path_factory):
    return TrainingData(source, tmp_path_factory.mktemp("cache"), views=3, device="cpu")


@pytest.fixture(scope="module")
def pool(studio):
    return view_pool(studio.source.dataset, 3, 1.0, studio.cache)


def two_views(width, rule="none", guide=blind_guide):
    return TwoViews(projection_head(width, 64), 0.1, rule, guide)


def test_a_split_covers_all_subjects_and_divides_none(source):
    parts = split(source.subjects, seed=3)
    subjects_of_parts = [set(source.subjects[part]) for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, subjects_of_parts)) == len(set.union(*subjects_of_parts)) == 56
    assert [len(part) for part in subjects_of_parts] == [34, 11, 11]
    assert sorted(np.concatenate([parts.train, parts.validation, parts.test])) == list(range(112))
    assert not np.array_equal(parts.test, split(source.subjects, seed=4).test)
    assert np.array_equal(parts.test, split(source.subjects, seed=3).test)


def test_a_pool_gives_two_views_of_each_image_with_their_guide_features(source, studio):
    views = views_of(source.dataset, 3, 0.5, seed=0)
    features = RowEncoder().encode_images(views, None)
    pool = view_pool(source.dataset, 3, 0.5, studio.cache, RowEncoder())
    images = np.array([7, 2, 99])
    first, second = pool.batches([images, images], 2, np.random.default_rng(0))
    for batch in (first, second):
        assert batch.pictures.shape == (6, 3, 24, 24)
        used = []
        for row, image in enumerate(np.tile(images, 2)):
            candidates = [np.asarray(views.image(3 * image + view)).transpose(2, 0, 1) for view in range(3)]
            (view,) = (view for view in range(3) if np.array_equal(candidates[view], batch.pictures[row]))
            np.testing.assert_allclose(batch.guide_features[row], features[3 * image + view], rtol=1e-6)
            used.append(view)
        assert all(a != b for a, b in zip(used[:3], used[3:], strict=True))
    assert not torch.equal(first.pictures, second.pictures)
    again = next(pool.batches([images], 2, np.random.default_rng(0)))
    assert torch.equal(first.pictures, again.pictures)


def test_networks_come_from_this_package_timm_and_open_clip(tmp_path):
    pictures = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    for name, width in (("small", 64), ("resnet10t", 512)):
        backbone = Backbone(name)
        assert backbone.width == width
        assert backbone(pictures).shape == (2, width)
    assert sum(weights.numel() for weights in Backbone("small").parameters()) == 77_392
    tiny.register_clip(tmp_path)
    clip = Backbone("open_clip/tiny-clip")
    assert clip(pictures[..., :32, :32]).shape == (2, clip.width) == (2, 16)


def a_batch(rng, images=5, width=4):
    return Batch(
        np.arange(images), torch.zeros(2 * images, 3, 2, 2), torch.from_numpy(rng.standard_normal((10, width)))
    )


def test_simclr_is_the_loss_of_its_head_by_its_rule_guide_and_temperature():
    rng = np.random.default_rng(0)
    objective = TwoViews(projection_head(6, 64), 0.5, "add_new_positive", seen_guide).double()
    batch, features = a_batch(rng), torch.from_numpy(rng.standard_normal((10, 6)))
    z = objective.head(features)
    expected = resampled_nt_xent(z, batch.guide_features, rule="add_new_positive", temperature=0.5)
    torch.testing.assert_close(objective(features, batch, rng), expected)


def test_supervision_is_cross_entropy_of_the_labels_of_the_batch():
    objective = Supervised(3, np.array([0, 2, 1, 2, 0]))
    features = torch.randn(2, 3)
    batch = Batch(np.array([3, 1]), torch.zeros(2, 3, 2, 2), None)
    expected = torch.nn.functional.cross_entropy(objective.head(features), torch.tensor([2, 2]))
    torch.testing.assert_close(objective(features, batch, np.random.default_rng(0)), expected)


def cosines(guide, images):
    rows = torch.nn.functional.normalize(
        guide(Batch(np.arange(images), torch.zeros(2 * images, 3, 2, 2), None), np.random.default_rng(0))
    )
    return (rows @ rows.T)[~torch.eye(2 * images, dtype=torch.bool)].reshape(2 * images, -1)


def test_control_guides_are_random_or_know_labels_or_captions():
    """Cosines of independent directions have mean 0 and variance 1 / 64; ties of the oracles are broken."""
    blind = cosines(blind_guide, 200)
    assert abs(blind.mean().item()) < 5 / math.sqrt(64 * 400 * 399)
    assert blind.var().item() == pytest.approx(1 / 64, rel=0.05)
    same_label = torch.tensor(np.equal.outer(*[np.tile([5, 5, 2, 9, 2, 9], 2)] * 2))[~torch.eye(12, dtype=torch.bool)]
    by_labels = cosines(oracle_guide(np.array([5, 5, 2, 9, 2, 9])), 6).ravel()
    assert by_labels[same_label].min() > 0.95
    assert by_labels[~same_label].max() < 0.05
    by_captions = cosines(exact_guide([("a", "b"), ("b", "a"), ("b", "c"), ("d",)]), 4)
    shared = torch.tensor([[1, 1, 0.5, 0], [1, 1, 0.5, 0], [0.5, 0.5, 1, 0], [0, 0, 0, 1.0]]).repeat(2, 2)
    expected = shared[~torch.eye(8, dtype=torch.bool)].reshape(8, -1)
    torch.testing.assert_close(by_captions, expected, atol=0.02, rtol=0)
    for guide_rows in (by_labels, by_captions):
        assert len(guide_rows.unique()) > 20
    with pytest.raises(ValueError, match="drawn without a guide"):
        cosines(seen_guide, 2)


def test_training_starts_from_the_untrained_network_and_lowers_the_loss(pool):
    recipe = replace(RECIPE, epochs=8)
    before = torch.random.get_rng_state()
    start = untrained(recipe, 5, "cpu")
    trained = train_encoder(pool, EVERYBODY, two_views, recipe, 5, device="cpu")
    assert torch.equal(before, torch.random.get_rng_state())
    pairs = zip(start.backbone.parameters(), trained.backbone.parameters(), strict=True)
    assert not any(torch.equal(before, after) for before, after in pairs)
    log = trained.log
    assert log["steps"].tolist() == [4 * epoch for epoch in range(1, 9)]
    assert log["loss"].iloc[-1] < log["loss"].iloc[0] < 1.2 * math.log(31)
    pictures = torch.from_numpy(pool.pictures[:, 0].copy())
    features = trained.features(pictures.split(50), 112)
    np.testing.assert_allclose(features, trained.backbone.eval()(pictures).detach(), rtol=1e-4, atol=1e-5)


def test_a_checkpoint_of_another_run_raises_and_is_not_unpickled(pool, tmp_path):
    train = partial(train_encoder, pool, EVERYBODY, two_views, device="cpu", folder=tmp_path)
    done = train(RECIPE, 0, description={"rule": "none"})
    content = (tmp_path / CHECKPOINT).read_bytes()
    pd.testing.assert_frame_equal(train(RECIPE, 0, description={"rule": "none"}).log, done.log)
    for recipe, about in ((replace(RECIPE, temperature=0.2), "none"), (RECIPE, "another")):
        with pytest.raises(ValueError, match="is for another recipe, seed, objective or data"):
            train(recipe, 0, description={"rule": about})
    assert (tmp_path / CHECKPOINT).read_bytes() == content
    torch.save({"identity": Path("/")}, tmp_path / CHECKPOINT)
    with pytest.raises(ValueError, match="holds more than weights: delete it"):
        train(RECIPE, 0)


def test_impossible_training_raises(pool):
    with pytest.raises(ValueError, match="5 images to train on are fewer than batch=16"):
        train_encoder(pool, np.arange(5), two_views, RECIPE, 0)
    with pytest.raises(FloatingPointError, match="in epoch 1: lower the learning rate"):
        train_encoder(pool, EVERYBODY, two_views, replace(RECIPE, learning_rate=1e30, optimizer="sgd"), 0)
    for wrong in ({"epochs": 0}, {"temperature": math.inf}, {"momentum": 1.0}, {"precision": "float16"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            replace(RECIPE, **wrong)


@pytest.mark.parametrize("moment", ["within an epoch", "between log and checkpoint"])
def test_an_interrupted_run_resumes_with_the_log_of_an_uninterrupted_one(pool, tmp_path, monkeypatch, moment):
    train = partial(train_encoder, images=EVERYBODY, recipe=RECIPE, seed=0, device="cpu")
    objective = partial(two_views, rule="drop_false_negative")

    class Ended(ViewPool):
        def batches(self, batches, views, rng):
            for number, batch in enumerate(super().batches(batches, views, rng)):
                if number == 2 and (tmp_path / "broken" / CHECKPOINT).exists():
                    raise InterruptedError
                yield batch

    with monkeypatch.context() as ending:
        if moment != "within an epoch":
            saved = []
            ending.setattr(
                trainer, "replace_bytes", lambda *color: saved.append(replace_bytes(*color)) if not saved else 1 / 0
            )
        with pytest.raises((InterruptedError, ZeroDivisionError)):
            views = Ended(pool.pictures) if moment == "within an epoch" else pool
            train(views, objective=objective, folder=tmp_path / "broken")
    assert len(torch.load(tmp_path / "broken" / CHECKPOINT, weights_only=True)["rows"]) == 1
    for name in ("broken", "whole"):
        train(pool, objective=objective, folder=tmp_path / name)
    states = [torch.load(tmp_path / name / CHECKPOINT, weights_only=True)["backbone"] for name in ("broken", "whole")]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert (tmp_path / "broken" / LOG).read_bytes() == (tmp_path / "whole" / LOG).read_bytes()


def test_the_probe_agrees_with_logistic_regression():
    rng = np.random.default_rng(0)
    labels = rng.integers(4, size=900)
    features = 1.2 * rng.standard_normal((4, 8))[labels] + rng.standard_normal((900, 8))
    features = np.hstack([100 * features + 1000, np.ones((900, 1))])
    parts = Split(np.arange(500), np.arange(500, 700), np.arange(700, 900))
    result, decay = linear_probe(features, labels, parts, 0)
    scaled = StandardScaler().fit(features[:500]).transform(features)
    peer = LogisticRegression(max_iter=1000).fit(scaled[:500], labels[:500])
    assert result.test == pytest.approx(peer.score(scaled[700:], labels[700:]), abs=0.03)
    assert 0.6 < result.test < 1
    features[700:, -1] = 7  # where it was constant while it learned, it says nothing
    rows = standardised(features, np.arange(500))
    np.testing.assert_allclose(rows[:, :-1], scaled[:, :-1], rtol=1e-3, atol=1e-4)
    assert not rows[:, -1].any()
    assert linear_probe(features, labels, parts, 0) == (result, decay)
    with pytest.raises(ValueError, match="the encoder has diverged"):
        linear_probe(np.where(features == 7, np.nan, features), labels, parts, 0)


@pytest.mark.usefixtures("quick_probe")
def test_a_study_trains_once_and_evaluates_on_every_label_set(studio, tmp_path):
    runs = [
        Run("untrained", RECIPE, 0),
        Run("supervised", replace(RECIPE, epochs=15), 0, strength=0.1),
        Run("simclr", RECIPE, 0, rule=ALL_FOUR, guide=ENCODER),
    ]
    table = run_all(runs, studio, tmp_path)
    assert table["labels"].tolist() == ["colour", "greenish"] * 3
    assert table["steps"].tolist() == [0, 0, 60, 60, 12, 12]
    assert table["test"].between(0, 1).all()
    assert table.loc[2, "test"] > 0.8
    trained = {path: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{CHECKPOINT}")}
    assert len(trained) == 2
    pd.testing.assert_frame_equal(
        run_all(runs[::-1], studio, tmp_path)[::-1].groupby("kind").max(), table.groupby("kind").max()
    )
    assert trained == {path: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{CHECKPOINT}")}
    with pytest.raises(ValueError, match="holds results for other data"):
        run_all(runs[:1], replace(studio, views=2), tmp_path)
    (tmp_path / runs[0].key / RESULT).write_text('{"identity": {}}')
    with pytest.raises(ValueError, match=r"result .*result\.json cannot be read: delete it"):
        run_all(runs[:1], studio, tmp_path)
    for run in runs[1:3]:  # an encoder that is kept needs torch alone
        pictures = next(studio.pictures())[:5]
        trained = train(run, studio, tmp_path / run.key)
        program = torch.export.load(tmp_path / run.key / ENCODER_FILE).module()
        np.testing.assert_allclose(program(pictures).detach(), trained.features([pictures], 5), rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("quick_probe", "no_export")
def test_resampling_goes_from_a_folder_and_a_clip_model_to_a_table(call, tmp_path):
    folder = tiny.imagefolder(tmp_path / "images")
    for seed in range(5):
        tiny.picture(folder / "widgets" / f"more{seed}.png", seed=seed)
    tiny.register_clip(tmp_path)
    settings = tiny.sets(
        root=folder, size=32, rules="add_new_positive", model="tiny-clip",
        pretrained="random", epochs=2, warmup=0, batch=8, cache=tmp_path / "cache", baselines=2, backbone="small",
        only=["untrained", "simclr", "add_new_positive"], guides=["encoder", "labels"], tune=["simclr"],
        tuned_rates=[0.6, 0.01], tuned_strengths=[1], device="cpu",
    )  # fmt: skip
    seeds = ["--seeds", "1", "--first-seed", "5"]
    command = ["study", "resampled_training", "--preset", "paper", *settings, *seeds, "--out", tmp_path / "out"]
    code, _, err = call(app, *command)
    assert code == 0, err
    assert "learning_rate        0.6                  not stated: ours" in err
    table = pd.read_parquet(tmp_path / "out" / "resampled_training.parquet")
    assert set(table["seed"]) == {5}
    assert table[["guide", "repeat", "tried_rate", "tuned"]].to_numpy().tolist() == [
        [RANDOM, 0, 0.6, False], [RANDOM, 0, 0.6, False], [RANDOM, 1, 0.6, False],
        [ENCODER, 0, 0.6, False], [LABELS, 0, 0.6, False], [RANDOM, 0, 0.01, True],
    ]  # fmt: skip
    assert table["loss"].nunique() == 5
    assert table[["test", "knn_test"]].ge(0).all(axis=None)
    assert len(list((tmp_path / "out").glob(f"*/{ENCODER_FILE}"))) == 5
    trials = table[(table["kind"] == "simclr") & (table["rule"] == "none") & (table["repeat"] == 0)]
    best = trials.loc[trials["validation"].idxmax()].name
    assert table.index[table["chosen"]].tolist() == sorted([0, 2, 3, 4, best])
    configuration = json.loads((tmp_path / "out" / "resampled_training.parquet.json").read_text())["configuration"]
    expected = {"encoder": "tiny-clip, random", "optimizer": "lars", "views": 0, "seeds": [5], "batch": 8}
    assert configuration.items() >= (expected | {"study": "resampled_training"}).items()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"guides": ["label"]}, "guide 'label' is none of 5: is it 'labels'"),
        ({"whole_seeds": 2}, "whole_seeds=2: further seeds have only tuned runs"),
        ({"epochs": 30, "iterations": 50}, "epochs=30 and iterations=50: give only one"),
        ({"views": 1}, "views=1: a positive pair needs two"),
        ({"val_root": "here"}, "val_root: data set emoji has no root"),
    ],
)
def test_bad_arguments_are_one_line(refused, tmp_path, settings, message):
    command = ["study", "resampled_training", *tiny.sets(**settings), "--out", tmp_path / "out"]
    assert message in refused(app, *command)


@pytest.mark.gpu
def test_on_a_gpu_training_in_bfloat16_lowers_the_loss_and_is_resumed(pool, tmp_path):
    recipe = Recipe("resnet18", epochs=4, batch=16, optimizer="lars", learning_rate=0.3, warmup=1, precision="bfloat16")
    train = partial(train_encoder, pool, EVERYBODY, two_views, recipe, 0, device="cuda", folder=tmp_path)
    log = train().log
    assert log["loss"].iloc[-1] < log["loss"].iloc[0]
    pd.testing.assert_frame_equal(train().log, log)
