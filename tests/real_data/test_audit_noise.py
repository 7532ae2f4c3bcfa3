"""Wrong captions in an audit: exchange, measures and words."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, induced_labelling_error
from pairbounds.__main__ import app
from pairbounds.real_data.audit import WhatIf, caption_noise
from pairbounds.real_data.audit.noise_trials import exchanged
from pairbounds.real_data.audit.trials import image_masses, measured_on, pair_list
from pairbounds.theory.bounds.theorem36_caption_noise import noisy
from tests.families import ANY_SEED, family_graph
from tests.real_data.test_audit_files import write
from tests.real_data.test_audit_what_if import draw_halves


@given(seed=ANY_SEED, share=st.floats(0, 1))
def test_an_exchange_moves_at_most_the_share_and_keeps_caption_counts(seed, share):
    pairs = draw_halves(seed).everything
    moved = exchanged(pairs, share, np.random.default_rng(seed))
    assert np.sum(moved.captions != pairs.captions) <= round(share * len(pairs))
    assert sorted(moved.captions) == sorted(pairs.captions)
    assert share < 0.5 or (moved.captions != pairs.captions).any()


def test_each_number_of_pairs_is_measured_with_and_without_noise():
    graph, settings = family_graph("latent_captions", 1, 60), WhatIf(k=2, draws=2, device="cpu")
    table, words = caption_noise(graph, 0.2, settings)
    assert table.groupby(["part", "share"]).size().tolist() == [2] * 6
    assert sorted(set(table["n_pairs"])) == [round(part * graph.joint.nnz) for part in (0.25, 0.5, 1)]
    assert (table["isolated"] < 1e-12).all()  # on the images of that many pairs
    pairs = pair_list(graph, graph.left_labels, None)
    for name, value in measured_on(pairs, image_masses(pairs), settings).items():
        assert table.loc[(table["part"] == 1) & (table["share"] == 0), name].tolist() == pytest.approx([value, value])
    noised = induced_labelling_error(noisy(graph, 0.2))
    assert words[0].endswith(f"α_T goes from {induced_labelling_error(graph):.4f} to {noised:.4f}")
    ends = table[table["part"] == 1].groupby("share")["probe_error"].mean()
    assert f"from {ends[0.0]:.3f} to {ends[0.2]:.3f} at {graph.joint.nnz:,} pairs (mean" in words[1]


def test_numbers_of_pairs_below_the_width_are_skipped():
    table, _ = caption_noise(PairGraph(np.ones((8, 8)), np.arange(8) % 2), 0.5, WhatIf(k=8, device="cpu"))
    assert set(table["part"]) == {1}


def test_disconnected_tables_are_named():
    _, words = caption_noise(PairGraph(np.eye(16), np.arange(16) % 2), 0.5, WhatIf(k=2, device="cpu"))
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
