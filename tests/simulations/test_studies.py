import numpy as np
import pytest

from pairbounds import LatentWorld, PairGraph
from pairbounds.__main__ import app
from pairbounds.infrastructure.tables import read_table
from pairbounds.simulations.studies import bound_holds
from pairbounds.sweeps import find_study, study_names
from pairbounds.sweeps.graphs import graph_sources
from pairbounds.sweeps.settings import setting_rows


def test_no_bound_is_violated_with_and_without_merged_classes():
    for seed, share in ((0, 2.5), (12, 1)):  # of the largest class, beside equal classes
        table = bound_holds.measure(bound_holds.BoundHoldsSettings(), seed)
        assert table["holds"].all()
        assert set(table["pairs"]) == {"caption", "augmentation"}
        np.testing.assert_allclose(table["largest_class"] * table["n_classes"], share)
        assert (table["k"] % table["n_classes"] == 0).all()


def test_the_command_saves_a_graph_and_the_table_of_its_pairs(call, tmp_path):
    world = LatentWorld(seed=3)
    graphs = {"captions --set noise=0.2": world.caption_graph(0.2), "augmentations": world.augmentation_graph(1.0)}
    for number, (words, graph) in enumerate(graphs.items()):
        path, table = tmp_path / f"{number}.npz", tmp_path / f"{number}.parquet"
        for out in (path, table):
            code, printed, _ = call(app, *f"graph latent_{words} --seed 3 --out {out}".split())
            assert (code, "n_left=320" in printed) == (0, True)
        pairs = read_table(table)
        for result in (PairGraph.load(path), PairGraph.from_pairs(pairs["image"], pairs["caption"], pairs["weight"])):
            assert (result.joint != graph.joint).nnz == 0
        assert pairs.groupby("image")["label"].first().tolist() == graph.left_labels.tolist()


def test_the_command_line_overrides_a_file_which_overrides_a_preset(call, tmp_path):
    file, out = tmp_path / "mine.toml", tmp_path / "tables"
    file.write_text("draws = 30\nresamples = 40\nn_positions = 4\n")
    arguments = ["--preset", "small", "--settings", file, "--set", "resamples=20", "--dry-run", "--out", out]
    code, printed, _ = call(app, "study", "few_labels", *arguments)
    settings_by_name = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.startswith("  ")}
    assert (code, settings_by_name["draws"], settings_by_name["n_positions"]) == (0, ["30", "given"], ["4", "given"])
    assert (settings_by_name["resamples"], settings_by_name["n_classes"]) == (["20", "given"], ["5"])
    assert f"2 seeds, into {out / 'few_labels.parquet'}" in printed
    assert not out.exists()


@pytest.mark.parametrize("name", study_names())
def test_every_setting_of_a_study_is_explained_and_presets_name_settings(name):
    study = find_study(name)
    assert (study.name, study.question[-1]) == (name, "?")
    study.settings(**study.small)
    rows = setting_rows(study.settings)
    assert all(meaning and " as `" not in f" {meaning}" for _, _, meaning in rows), rows
    for preset in study.presets.values():
        assert set(preset.values) | set(preset.unstated) <= {setting for setting, *_ in rows}


@pytest.mark.parametrize("words", ["study captions_help", "graph ring_of_cliques"])
def test_help_of_a_study_and_of_a_graph_has_its_settings(call, words):
    what, name = words.split()
    code, out, _ = call(app, what, name, "--help")
    kind = (find_study(name) if what == "study" else graph_sources()[name]).settings
    assert (code, "--preset small: 2 seeds; " in out) == (0, what == "study")
    assert all(f" {name} " in out and meaning[:20] in out for name, _, meaning in setting_rows(kind))
