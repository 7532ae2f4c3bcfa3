"""Recipes by name: their output, runs and data sets."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from pairbounds.__main__ import app
from pairbounds.real_data.datasets import DATASETS
from pairbounds.real_data.studies import resampled_training
from pairbounds.real_data.studies.resampled_training import resampling_runs, selected
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import objective_of
from pairbounds.real_data.training.objectives import TwoViews, projection_head
from pairbounds.real_data.training.recipe import Recipe, Run
from pairbounds.real_data.training.splits import CHOOSING, followed_by, split
from pairbounds.real_data.training.trainer import train_encoder
from pairbounds.real_data.training.view_batches import view_pool
from pairbounds.real_data.training.view_guides import EVERY_GUIDE, blind_guide
from pairbounds.sweeps import find_study
from tests.real_data import tiny
from tests.real_data.colours import RowEncoder
from tests.rooms import ROOT


@pytest.fixture
def folder(tmp_path):
    """Two class folders for training, two for judging."""
    for part, count, seed in (("train", 12, 0), ("val", 4, 200)):
        tiny.class_folders(tmp_path / part, {"ducks": count, "geese": count}, seed)
    tiny.register_clip(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["resampled_training", "resampled_tuned"])
def test_the_preset_of_the_results_is_that_of_their_sidecar(name):
    study = find_study(name)
    preset = study.presets["results"]
    configuration = json.loads((ROOT / "results" / name / f"{name}.parquet.json").read_text())["configuration"]
    assert len(configuration["seeds"]) == (preset.seeds or study.seeds)
    for setting, value in asdict(study.settings(**preset.values)).items():
        if setting in configuration.keys() - {"dataset", "learning_rate", "device"}:
            assert configuration[setting] == (list(value) if isinstance(value, tuple) else value), setting


def test_a_dry_run_needs_no_weights_and_epochs_alone_shorten_the_warmup(call, folder, tmp_path):
    settings = tiny.sets(root=folder / "train", batch=8, device="cpu", pretrained=tmp_path / "nowhere.pt", epochs=1)
    paper = ["study", "resampled_training", "--preset", "paper", *settings, "--out", tmp_path / "out"]
    plain = ["study", "resampled_training", "--set", "epochs=1", "--dry-run", "--out", tmp_path]
    for words in ([*paper, "--dry-run"], plain):
        code, printed, _ = call(app, *words)
        assert (code, "warmup               0" in printed) == (0, True)
    for words, message in (
        (paper, "nowhere.pt' is neither a file nor weights"),
        ([*plain, "--set", "warmup=1"], "warmup=1 must be in 0..0, to end before the last epoch"),
    ):
        code, _, error = call(app, *words)
        assert (code, message in error) == (2, True)


def test_iterations_end_training_within_an_epoch(source, tmp_path):
    pool = view_pool(source.dataset, 3, 1.0, tmp_path)
    recipe = Recipe(batch=16, iterations=10, warmup=2, optimizer="sgd", learning_rate=0.01)
    assert (recipe.steps(64), recipe.passes(64)) == (10, (2.5, 0.5))

    log = train_encoder(
        pool,
        np.arange(64),
        lambda width: TwoViews(projection_head(width, 64), 0.1, "none", blind_guide),
        recipe,
        0,
        device="cpu",
    ).log
    assert log["steps"].tolist() == [4, 8, 10]
    progress = (9.5 / 4 - 0.5) / 2.0
    assert log["learning_rate"].iloc[-1] == pytest.approx(0.01 * (1 + np.cos(np.pi * progress)) / 2)
    with pytest.raises(ValueError, match=r"warmup=10 must be in 0\.\.9, to end before the last step"):
        Recipe(iterations=10, warmup=10)


def test_the_published_head_has_batch_norm_and_no_shift():
    head = projection_head(6, 5, norm=True)
    features = torch.randn(40, 6) * 3 + 1
    projected = head(features)
    torch.testing.assert_close(projected.mean(0), torch.zeros(5), atol=1e-5, rtol=0)
    names = {name for name, weights in head.named_parameters() if weights.requires_grad}
    assert names == {"0.weight", "1.weight", "1.bias", "3.weight", "4.weight"}
    run = Run("simclr", Recipe(head_width=5, head_norm=True, temperature=0.5), 0)
    objective = objective_of(run, SimpleNamespace(guide=lambda _: blind_guide), 6)
    assert (repr(objective.head), objective.temperature) == (repr(head), 0.5)


def test_runs_are_selected_by_kind_rule_and_guide():
    runs = resampling_runs("all", Recipe(), 3)
    assert selected(runs, []) == runs
    assert [run.kind for run in selected(runs, ["simclr", "untrained"])] == ["untrained", "simclr"]
    new = selected(runs, ["add_new_positive"])
    assert [run.guide for run in new] == ["encoder", "labels", "random"]
    assert [run.guide for run in selected(runs, ["add_new_positive:random"])] == ["random"]
    with pytest.raises(ValueError, match=r"run 'simcrl' is none of .*: is it 'simclr'"):
        selected(runs, ["simcrl"])


def test_a_study_has_every_rule_with_every_informative_guide_and_its_baselines():
    """Labels and captions say nothing of two views of one image."""
    runs = resampling_runs("all", Recipe(), 0, guides=EVERY_GUIDE, baselines=3)
    assert len(runs) == len({run.key for run in runs}) == 3 + 2 + 5 * 5 - 2
    assert {run.guide for run in runs if run.rule == "drop_false_positive"} == {"encoder", "random", "no_text"}
    baselines = [run for run in runs if run.kind == "simclr" and run.rule == "none"]
    assert len({run.weights for run in baselines}) == 3
    assert baselines[0].weights == baselines[0].seed == 0
    with pytest.raises(ValueError, match="rule 'add' is none of"):
        resampling_runs("drop_false_positive+add", Recipe(), 1)


def test_a_guide_without_text_is_another_encoder(source, tmp_path):
    studio = TrainingData(source, tmp_path / "cache", views=2, device="cpu")
    by_text, without = (
        Run("simclr", Recipe(), 0, rule="add_new_positive", guide=guide) for guide in ("encoder", "no_text")
    )
    assert isinstance(studio.view_encoder(by_text), RowEncoder)
    assert studio.view_encoder(without).name == "efficientnet-lite0"


def test_images_of_the_validation_folder_are_the_test_set():
    subjects = np.array([str(number) for number in range(100)])
    parts = split(subjects, 0, judged=40)
    assert np.array_equal(parts.test, np.arange(60, 100))
    assert len(parts.validation) == round(60 * CHOOSING)
    assert sorted([*parts.train, *parts.validation]) == list(range(60))
    with pytest.raises(ValueError, match="19 subjects: at least 20"):
        split(subjects[:59], 0, judged=40)


def test_two_data_sets_of_the_same_classes_are_joined(folder):
    settings = resampled_training.ResampledTrainingSettings(
        "imagefolder", folder / "train", size=32, val_root=folder / "val"
    )
    train, val = (DATASETS["imagefolder"](folder / part, size=32) for part in ("train", "val"))
    both = settings.images()
    assert np.array_equal(both.labels, np.concatenate([train.labels, val.labels]))
    assert [*both.files] == [*train.files, *val.files]
    assert (len(both.ids), len({*both.ids}), settings.training_data().judged) == (32, 32, 8)
    (folder / "val" / "geese").rename(folder / "val" / "swans")
    with pytest.raises(ValueError, match=r"classes differ: ducks, geese .* and ducks, swans"):
        followed_by(train, DATASETS["imagefolder"](folder / "val", size=32))


SMALL = ["--seeds", "1", *tiny.sets(size=32, epochs=2, warmup=0, batch=8, views=2)]


@pytest.mark.usefixtures("quick_probe", "no_export")
def test_a_table_needs_labels_and_trains_a_network_of_open_clip(call, refused, folder, tmp_path):
    files = sorted((folder / "train").glob("*/*.png"))
    captions = {"image": list(map(str, files)), "caption": [f"some {path.parent.name}" for path in files]}
    table = pd.DataFrame(captions).assign(label=[path.parent.name for path in files])
    settings = tiny.sets(
        rules="none", only=["simclr"], dataset="table", backbone="open_clip/tiny-clip", cache=tmp_path / "cache"
    )
    command = ["study", "resampled_training", *settings, *SMALL, "--out", tmp_path / "out"]
    table.drop(columns="label").to_csv(folder / "bare.csv", index=False)
    bare = tiny.sets(root=folder / "bare.csv")
    assert "some images have no label: give the table a column label" in refused(app, *command, *bare)
    table.to_csv(folder / "pairs.csv", index=False)
    code, _, err = call(app, *command, *tiny.sets(root=folder / "pairs.csv"))
    assert code == 0, err
    result = pd.read_parquet(tmp_path / "out" / "resampled_training.parquet").set_index("kind")
    assert result.loc["simclr", "steps"] == 2 * (14 // 8)
    assert result.loc["simclr", ["test", "knn_test"]].between(0, 1).all()


def test_further_seeds_have_tuned_runs_only():
    settings = resampled_training.ResampledTrainingSettings(
        baselines=3, tune=("simclr", "add_new_positive:encoder"), tuned_rates=(3e-3,), whole_seeds=2
    )
    all_runs, further = (resampled_training.encoders(settings, seed) for seed in (1, 2))
    assert {(run.kind, run.rule, run.guide, run.repeat) for run in further} == {
        ("simclr", "none", "random", 0), ("simclr", "add_new_positive", "encoder", 0),
    }  # fmt: skip
    assert len(further) == 2 * 3
    assert {replace(run, seed=1) for run in further} < set(all_runs)
