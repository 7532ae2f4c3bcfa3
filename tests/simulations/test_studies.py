import json

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.figures.pairs_needed import broken
from pairbounds.infrastructure.files import sidecar
from pairbounds.infrastructure.tables import read_table
from pairbounds.simulations.studies import bound_holds, training
from pairbounds.sweeps import Study, find_study, run_study, study_names
from pairbounds.sweeps.graphs import graph_sources
from pairbounds.sweeps.settings import setting_rows


def rows_of(name: str, seeds: int = 1, jobs: int = 1, **settings) -> pd.DataFrame:
    """The table of a study of one table."""
    return run_study(name, find_study(name).settings(**settings), seeds, jobs)[name]


def test_a_study_is_the_same_for_any_number_of_workers():
    few = {"strengths": (0.5, 1.0, 4.0)}
    alone, together = rows_of("captions_help", 2, 1, **few), rows_of("captions_help", 2, 2, **few)
    pd.testing.assert_frame_equal(alone, together, check_exact=True)
    assert alone["seed"].tolist() == np.repeat([0, 1], len(alone) // 2).tolist()


def fails_at_seed_1(settings, seed: int) -> pd.DataFrame:
    if seed == 1:
        raise ArithmeticError("nothing to divide by")
    return pd.DataFrame({"x": [1.0]})


def test_a_seed_that_fails_is_named(monkeypatch):
    monkeypatch.setattr(training, "STUDY", Study("", training.Settings, fails_at_seed_1, name="training"))
    assert rows_of("training")["x"].tolist() == [1.0]
    with pytest.raises(RuntimeError, match=r"study training, seed 1: .*failed: ArithmeticError: nothing to divide by"):
        rows_of("training", 3)


def test_the_bound_study_violates_nothing_and_has_both_kinds_of_pairs():
    table = rows_of("bound_holds", 2)
    assert table["holds"].all()
    assert set(table["pairs"]) == {"caption", "augmentation"}
    assert find_study("bound_holds").seeds * 2 >= 200


def test_merged_classes_are_as_large_as_the_table_says():
    for seed, share in ((0, 2.5), (12, 1)):  # with and without merged classes
        table = bound_holds.measure(bound_holds.Settings(), seed)
        np.testing.assert_allclose(table["largest_class"] * table["n_classes"], share)
        assert (table["k"] % table["n_classes"] == 0).all()


def test_the_command_writes_the_table_and_how_it_was_made(call, tmp_path):
    given = ["--set", "steps=100", "--set", "k=3", "--seeds", 1, "--first-seed", 5, "--out", tmp_path / "tables"]
    code, out, _ = call(app, "study", "training", *given)
    assert (code, "11 rows over 1 seeds" in out) == (0, True)
    table = tmp_path / "tables/training.parquet"
    assert (len(read_table(table)), set(read_table(table)["seed"])) == (11, {5})
    about = json.loads(sidecar(table).read_text())["configuration"]
    assert (about["study"], about["seeds"], about["n_classes"], about["k"]) == ("training", [5], 5, 3)


def test_the_command_saves_graphs(call, tmp_path):
    path = tmp_path / "world.npz"
    for name, setting in (("latent_captions", "noise=0.2"), ("latent_augmentations", "strength=0.2")):
        command = ["graph", name, "--set", setting]
        code, out, _ = call(app, *command, "--seed", 3, "--out", path)
        assert code == 0
        assert "n_left=320" in out
        first = PairGraph.load(path)
        assert call(app, *command, "--seed", 4, "--out", path)[0] == 0
        second = PairGraph.load(path)
        assert first.joint.shape != second.joint.shape or (first.joint != second.joint).nnz > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["study", "nothing", "--out", "t.csv"], "study 'nothing' is none of batch_size"),
        (["study", "training", "--out", "t.txt"], "a table's name ends in .parquet or .csv"),
        (["study", "training", "--out", "t.csv", "--seeds", "0"], "seeds=0: at least 1"),
        (["graph", "latent_captions", "--set", "noise=2", "--out", "g.npz"], "noise=2.0 is not a probability"),
        (["graph", "circle"], "--out is missing"),
        (["graph", "circle", "--set", "colour=1", "--out", "g.npz"], "setting 'colour' is none of"),
        (["study", "training", "--out", "t.csv", "--settings", "none.toml"], "none.toml does not exist"),
        (["study", "training", "--out", "t.csv", "--preset", "large"], "preset 'large' is none of small"),
        (["study", "training", "--out", "t.csv", "--set", "k=blue"], "setting k='blue' is not of type int"),
        (["study", "training", "--out", "t.csv", "--set", "n_classes=0"], "n_classes=0 is not a positive integer"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(call, arguments, message):
    code, _, err = call(app, *arguments)
    assert code == 2
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1


def test_the_command_line_overrides_a_file_which_overrides_a_preset(call, tmp_path):
    file, out = tmp_path / "mine.toml", tmp_path / "tables"
    file.write_text("steps = 30\nlinear_steps = 40\nk = 4\n")
    arguments = ["--preset", "small", "--settings", file, "--set", "linear_steps=20", "--dry-run", "--out", out]
    code, said, _ = call(app, "study", "pairs_needed", *arguments)
    found = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.startswith("  ")}
    assert (code, found["steps"], found["k"]) == (0, ["30", "given"], ["4", "given"])
    assert (found["linear_steps"], found["noise"]) == (["20", "given"], ["0.1"])
    assert f"2 seeds, into {out / 'pairs_needed.parquet'}" in said
    assert not out.exists()


@pytest.mark.parametrize("name", study_names())
def test_every_setting_of_a_study_has_a_meaning_and_presets_is_one(name):
    study = find_study(name)
    assert (study.name, study.question[-1]) == (name, "?")
    study.settings(**study.small) if name != "phase" else study.settings(noise=0.1)
    rows = setting_rows(study.settings)
    assert all(meaning and " as `" not in f" {meaning}" for _, _, meaning in rows), rows
    for preset in study.presets.values():
        assert set(preset.values) | set(preset.unstated) <= {setting for setting, *_ in rows}


@pytest.mark.parametrize("words", ["study phase_worlds", "graph ring_of_cliques"])
def test_help_of_a_study_and_of_a_graph_has_its_settings(call, words):
    what, name = words.split()
    code, out, _ = call(app, what, name, "--help")
    kind = (find_study(name) if what == "study" else graph_sources()[name]).settings
    assert (code, "--preset small: 2 seeds; " in out) == (0, what == "study")
    assert all(f" {name} " in out and meaning[:20] in out for name, _, meaning in setting_rows(kind))


def test_a_table_of_pairs_is_the_graph(call, tmp_path):
    for end in ("npz", "parquet"):
        assert call(app, "graph", "stochastic_block", "--seed", 2, "--out", tmp_path / f"g.{end}")[0] == 0
    graph, table = PairGraph.load(tmp_path / "g.npz"), read_table(tmp_path / "g.parquet")
    again = PairGraph.from_pairs(table["image"], table["caption"], table["weight"])
    assert (again.joint != graph.joint).nnz == 0
    assert table.groupby("image")["label"].first().tolist() == graph.left_labels.tolist()


def test_theorems_17_and_28_hold_for_what_is_trained_on_pairs():
    study = find_study("pairs_needed")
    table = rows_of("pairs_needed", **dict(study.small))
    assert broken(table) == {"theorem 17": 0, "theorem 28 of the drawn pairs": 0, "theorem 28 at n": 0}
    free = table[table["encoder"] == "free"].set_index("n_pairs")
    assert free["left_over"].abs().max() < 1e-6  # of the best encoder of its pairs theorem 28 speaks
    assert free["excess_loss"].is_monotonic_decreasing
    assert np.isfinite(free["counted_28"].iloc[-1])
    assert free["mse"].iloc[-1] == pytest.approx(free["optimum_mse"].iloc[-1], rel=0.05)


def test_critics_of_a_world_are_trained_at_each_batch_size():
    table = rows_of("batch_size", seen=256, batches=(8, 64), contrasts=(64,), exact_steps=(4,), tuning=0)
    sizes = table.query("arm == 'all'").groupby("critic")["batch"].unique()
    assert {critic: [*found] for critic, found in sizes.items()} == {"free": [8, 64], "linear": [8, 64]}
    assert table["excess_loss"].min() > 0
