"""Wrong captions in an audit: exchange, measures and words."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, check_bounds, induced_labelling_error, spectrum
from pairbounds.__main__ import app
from pairbounds.real_data.audit import caption_noise, noise_trials
from pairbounds.real_data.audit.noise_trials import THEOREMS, exchanged
from pairbounds.theory.bounds.theorem36_caption_noise import noisy
from tests.families import ANY_SEED, family_graph
from tests.real_data.test_audit_files import write


@given(seed=ANY_SEED, share=st.floats(0, 1))
def test_an_exchange_moves_at_most_the_share_and_keeps_caption_counts(seed, share):
    rng = np.random.default_rng(seed)
    captions = rng.integers(10, size=80)
    moved = exchanged(captions, share, rng)
    assert np.sum(moved != captions) <= round(share * len(captions))
    assert sorted(moved) == sorted(captions)
    assert share < 0.5 or (moved != captions).any()


def test_each_number_of_pairs_is_measured_with_and_without_noise():
    graph = family_graph("latent_captions", 1, 60)
    table, words = caption_noise(graph, 0.2, 2, device="cpu")
    assert table.groupby(["part", "share"]).size().tolist() == [3] * 6
    assert sorted(set(table["n_pairs"])) == [round(part * graph.joint.nnz) for part in (0.25, 0.5, 1)]
    expected = check_bounds(graph, 2).set_index("bound")
    of_graph = table[(table["part"] == 1) & (table["share"] == 0)]
    for column, name in THEOREMS.items():
        assert of_graph[column].tolist() == pytest.approx([expected.loc[name, "value"]] * 3)
        assert of_graph["probe_error"].tolist() == pytest.approx([expected.loc[name, "measured"]] * 3)
    assert of_graph["alpha_t"].tolist() == pytest.approx([induced_labelling_error(graph)] * 3)
    assert of_graph["gap"].tolist() == pytest.approx([1 - spectrum(graph, 3).singular_values[2] ** 2] * 3)
    noised = induced_labelling_error(noisy(graph, 0.2))
    assert words[0].endswith(f"α_T goes from {induced_labelling_error(graph):.4f} to {noised:.4f}")
    ends = table[table["part"] == 1].groupby("share")["probe_error"].mean()
    assert f"from {ends[0.0]:.3f} to {ends[0.2]:.3f} at {graph.joint.nnz:,} pairs (mean" in words[1]


def test_numbers_of_pairs_below_the_width_are_skipped():
    table, _ = caption_noise(PairGraph(np.ones((8, 8)), np.arange(8) % 2), 0.5, 8, device="cpu")
    assert set(table["part"]) == {1}


def test_beyond_a_size_a_sample_of_the_images_is_measured_with_all_of_their_pairs(monkeypatch):
    monkeypatch.setattr(noise_trials, "MOST_PAIRS", 60)
    graph = family_graph("latent_captions", 1, 60)
    table, words = caption_noise(graph, 0.2, 2, device="cpu")
    images, pairs = (int(number) for number in re.findall(r"sample of (\d+) of 60 images, with (\d+) of", words[0])[0])
    assert table["n_pairs"].max() == pairs <= 60
    assert pairs >= images


def test_disconnected_tables_are_named():
    _, words = caption_noise(PairGraph(np.eye(16), np.arange(16) % 2), 0.5, 2, device="cpu")
    assert words[-1].endswith("; at 4, 8, 16 pairs the table falls apart, and has many optima")


def test_the_command_reports_noise_and_the_next_audit_removes_its_table(call, refused, tmp_path):
    images = np.arange(300) % 41
    frame = pd.DataFrame({"image": images, "caption": images % 4 + 4 * (np.arange(300) % 5), "label": images % 4})
    pairs, out = write(frame, tmp_path / "pairs.csv"), tmp_path / "out"
    words = ["audit", pairs, "--label-col", "label", "--k", 4, "--out", out]
    code, printed, _ = call(app, *words, "--noise", 0.2)
    summary = json.loads((out / "summary.json").read_text())
    assert (code, len(summary["noise"])) == (0, 2)
    assert "20% of wrong captions leave the best embedding of the population" in " ".join(printed.split())
    assert set(pd.read_parquet(out / "noise.parquet")["share"]) == {0, 0.2}
    assert call(app, *words)[0] == 0
    assert not (out / "noise.parquet").exists()
    bare = write(frame[["image", "caption"]], tmp_path / "bare.csv")
    for arguments, message in (
        ([*words, "--noise", 1], "give the share"),
        (["audit", bare, "--noise", 0.2], "give labels"),
    ):
        assert message in refused(app, *arguments, "--out", out, "--force")
