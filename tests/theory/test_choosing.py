"""Choices by few labels: estimates without bias, verdicts that hold at once, and files of users."""

import os
import signal
import subprocess
import sys
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import pairbounds as pb
from pairbounds import FewLabels, PairGraph, choose
from pairbounds.__main__ import app
from pairbounds.infrastructure.files import read_sidecar
from pairbounds.infrastructure.tables import read_table
from pairbounds.theory.questions import pair_choice
from pairbounds.theory.questions.comparisons import BEST, UNDECIDED, WORSE, compared_with_best
from pairbounds.theory.questions.labelled_sample import LabelledSample
from pairbounds.theory.questions.labels_needed import RIDGES
from pairbounds.theory.questions.leave_one_out import leave_one_out, resampled_errors
from pairbounds.theory.questions.pair_choice import pairs_compared
from tests.families import ANY_RNG
from tests.rooms import ROOT

COUNTS = [[2, 0, 1, 0], [1, 1, 0, 0], [0, 4, 1, 0], [0, 1, 1, 1], [0, 0, 3, 1], [1, 0, 0, 2]]
NAMES = ["cat", "cat", "cat", "dog", "dog", "dog"]
SIX = PairGraph(COUNTS, NAMES)  # masses are not equal
WORLD = pb.LatentWorld(seed=0)
GRAPHS = {f"noise {noise:g}": WORLD.caption_graph(noise=noise, detail=0.3) for noise in (0.1, 0.5)}
IMAGES = GRAPHS["noise 0.1"].left_ids
CLASSES = dict(zip(IMAGES, GRAPHS["noise 0.1"].left_labels, strict=True))
DRAWN = np.random.default_rng(0).choice(len(IMAGES), 120, replace=False)
LABELS = {IMAGES[row]: CLASSES[IMAGES[row]] for row in DRAWN}
FEATURES = {name: pd.DataFrame(pb.optimal_embeddings(graph, 6)[0], index=IMAGES) for name, graph in GRAPHS.items()}


def sample(rows, shares=None, names=NAMES):
    return LabelledSample.of({row: names[row] for row in rows}, len(names), shares)


@given(rng=ANY_RNG, n=st.integers(4, 12), k=st.integers(1, 15))
def test_leave_one_out_equals_weighted_fits_without_the_image(rng, n, k):
    features, labels, weights = (
        rng.standard_normal((n, k)),
        rng.permutation(np.arange(n) % 3),
        rng.dirichlet(np.ones(n)),
    )
    fit = leave_one_out(features, labels, weights)
    targets, scores = np.eye(3)[labels], []
    for ridge in np.array(RIDGES) * n:
        predicted = []
        for row in range(n):
            others_rows = np.arange(n) != row
            scaled = features[others_rows] * (n * weights[others_rows])[:, None]
            gram = scaled.T @ features[others_rows] + ridge * np.eye(k)
            predicted.append(features[row] @ np.linalg.solve(gram, scaled.T @ targets[others_rows]))
        wrong = np.argmax(predicted, axis=1) != labels
        scores.append(weights @ (wrong + 1e-6 * np.mean((predicted - targets) ** 2, axis=1)))
    assert fit.score == pytest.approx(min(scores), rel=1e-6, abs=1e-12)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=5) / n
    of_images_drawn = [
        row[row > 0] @ leave_one_out(features[row > 0], labels[row > 0], row[row > 0]).wrong for row in counts
    ]
    np.testing.assert_allclose(resampled_errors(features, labels, counts), of_images_drawn, atol=1e-12)


@given(rng=ANY_RNG, count=st.integers(2, 6))
def test_verdicts_follow_a_permutation_and_agree_with_one_another(rng, count):
    estimates = rng.random(count)
    resampled = estimates + rng.normal(0, rng.uniform(0.01, 0.3), (200, count))
    result, order = compared_with_best(estimates, resampled), rng.permutation(count)
    permuted = compared_with_best(estimates[order], resampled[:, order])
    np.testing.assert_allclose(permuted["from"], result["from"][order])
    verdicts = result["verdict"].tolist()
    assert permuted["verdict"].tolist() == [verdicts[row] for row in order]
    assert verdicts[int(np.argmin(estimates))] in (BEST, UNDECIDED)
    assert (verdicts.count(BEST) == 1) == (verdicts.count(WORSE) == count - 1)
    assert (result["from"] <= result["to"]).all()
    assert (result.loc[result["verdict"] == UNDECIDED, "needed"] >= 1).all()


@pytest.mark.parametrize("truth", [[0, 0, 0, 0], [0, 0, 1, 3], [0, 0.5, 0.5, 0.5]])
def test_the_best_candidate_is_seldom_called_worse_in_400_trials(truth):
    """5% are allowed; 9% is 3.7 standard deviations above."""
    rng, wrong, covered = np.random.default_rng(1), 0, 0
    spread, truth = np.array([1, 0.5, 2, 1]), np.array(truth)
    for _ in range(400):
        common = rng.normal(0, 1)
        estimates = truth + common + rng.normal(0, spread)
        result = compared_with_best(estimates, estimates + rng.normal(0, 1, (300, 1)) + rng.normal(0, spread, (300, 4)))
        wrong += any(verdict == WORSE and value == 0 for verdict, value in zip(result["verdict"], truth, strict=True))
        best_rival = np.array([np.delete(truth, row).min() for row in range(4)])
        covered += np.all((result["from"] <= truth - best_rival) & (truth - best_rival <= result["to"]))
    assert wrong <= 36
    assert covered >= 364


def test_candidates_that_differ_on_few_images_are_undecided():
    """Three of 100 images prove nothing (by the sign test 0.125), six do (0.016)."""
    rng = np.random.default_rng(0)
    for images, verdict in ((3, UNDECIDED), (7, WORSE)):
        losses = np.zeros((100, 2))
        losses[:images, 1] = 1
        resampled = rng.multinomial(100, np.full(100, 0.01), 2_000) / 100 @ losses
        assert compared_with_best(losses.mean(axis=0), resampled, floor=2e-4)["verdict"][1] == verdict


def test_the_optimum_is_estimated_without_bias_whatever_the_masses():
    """The mean over all samples without replacement is the error of the probe that sees all labels."""
    exact = FewLabels.of(SIX, pb.optimal_embeddings(SIX, 2)[0]).mse
    features = np.random.default_rng(0).standard_normal((6, 3))
    through = SIX.through(features).probe_mse(2)
    subsets = list(combinations(range(6), 4))
    tables = [pairs_compared({"a": SIX, "b": SIX}, sample(rows), 2, features) for rows in subsets]
    assert np.mean([table["optimum"][0] for table in tables]) == pytest.approx(exact, abs=1e-12)
    assert np.mean([table["through"][0] for table in tables]) == pytest.approx(through, abs=1e-12)
    shares = {"cat": 0.5, "dog": 0.5}
    balanced = [(*cats, *dogs) for cats in combinations(range(3), 2) for dogs in combinations(range(3, 6), 2)]
    exact_balanced = pairs_compared({"a": SIX, "b": SIX}, sample(range(6), shares), 2)["optimum"][0]
    means = [pairs_compared({"a": SIX, "b": SIX}, sample(rows, shares), 2)["optimum"][0] for rows in balanced]
    assert np.mean(means) == pytest.approx(
        exact_balanced, abs=1e-12
    )  # of draws with replacement, which is the population's


def test_all_labels_give_the_exact_share_of_unlike_pairs():
    table = pairs_compared({"a": SIX, "b": SIX}, sample(range(6)), 2)
    assert table["alpha_T"][0] == pytest.approx(pb.induced_labelling_error(SIX))
    assert table["pairs"][0] == np.count_nonzero(np.triu(SIX.induced().joint.toarray(), 1))


def test_the_error_of_the_full_probe_of_features_is_estimated_without_bias():
    features = np.random.default_rng(0).standard_normal((6, 2))
    with_constant = np.column_stack([np.ones(6), features])
    graph = PairGraph(np.eye(6), NAMES)
    exact = pb.probe(graph, with_constant).mse
    subsets = list(combinations(range(6), 4))
    tables = [choose({"a": features, "b": features}, {row: NAMES[row] for row in rows}, 3).table for rows in subsets]
    assert np.mean([table["mse"][0] for table in tables]) == pytest.approx(exact, abs=1e-12)


def test_features_are_compared_whatever_their_origin_scale_and_rotation():
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))[0]
    moved = {name: 1000 + 3 * rows @ rotation for name, rows in FEATURES.items()}
    first, second = choose(FEATURES, LABELS, [3, 6], n_labels=500), choose(moved, LABELS, [3, 6], n_labels=500)
    assert first.sentence == second.sentence
    columns = ["error", "error_low", "from", "to", "mse", "mse_high", "at_most"]
    np.testing.assert_allclose(first.table[columns], second.table[columns], atol=1e-9)
    assert first.best == "noise 0.1"
    assert first.table["verdict"].iloc[-1] == WORSE
    assert first.sentence.startswith("Take noise 0.1 (k = 6); noise 0.5 (k = ")
    assert str(first).splitlines()[-1] == first.sentence
    assert [line.split()[1] for line in str(first).splitlines()[1:3]] == first.table["candidate"].str[6:][:2].tolist()


def test_the_order_of_images_and_of_candidates_changes_nothing():
    order = np.random.default_rng(1).permutation(len(IMAGES))
    turned = {name: FEATURES[name].iloc[order] for name in reversed(FEATURES)}
    columns = ["candidate", "error", "mse", "verdict"]
    first, second = (choose(candidates, LABELS, 4).table[columns] for candidates in (FEATURES, turned))
    pd.testing.assert_frame_equal(first, second)


def test_images_that_a_candidate_lacks_are_left_out_of_all():
    short = dict(FEATURES) | {"noise 0.5": FEATURES["noise 0.5"].drop(index=IMAGES[DRAWN[:15]])}
    choice = choose(short, LABELS, 4)
    assert choice.words[0] == "15 images, 15 of them labelled, are missing in a candidate and left out of all."
    remaining_labels = {image: label for image, label in LABELS.items() if image not in IMAGES[DRAWN[:15]]}
    remaining_features = {name: rows.drop(index=IMAGES[DRAWN[:15]]) for name, rows in FEATURES.items()}
    pd.testing.assert_frame_equal(choice.table, choose(remaining_features, remaining_labels, 4).table)
    part = GRAPHS["noise 0.5"].part(np.delete(np.arange(len(IMAGES)), DRAWN[:15]))
    pairs = choose(GRAPHS | {"noise 0.5": part}, LABELS, 4)
    assert pairs.words[0] == choice.words[0]
    assert pairs.table["verdict"].tolist() == [BEST, WORSE]


def test_few_labels_give_estimates_and_no_verdict():
    first_labels = dict(list(LABELS.items())[:40])
    for candidates, width in ((FEATURES, [4, 6]), (GRAPHS, 4)):
        choice = choose(candidates, first_labels, width)
        assert choice.words[0] == (
            "40 labelled images are too few for a verdict: label 100. The numbers are estimates."
        )
        assert choice.table["verdict"].eq("").all()
        assert choice.table["from"].isna().all()
        assert choice.sentence == "noise 0.1" + (" (k = 6)" if width != 4 else "") + (
            " is the first of 2 by 40 labels, without a verdict."
        )
    wide = {name: np.random.default_rng(0).random((320, 11)) for name in "ab"}
    assert (
        "Width 12 has more directions than labels: take k = 5 or less."
        in choose(wide, dict(enumerate("xy" * 5)), 12).words
    )


def test_widths_above_the_rank_of_features_are_left_out_and_named():
    choice = choose(FEATURES, LABELS, [3, 6, 9])
    assert choice.table["width"].tolist().count(9) == 0
    assert choice.words[0] == "Left out, as features have fewer directions: noise 0.1 (k = 9), noise 0.5 (k = 9)."


def test_pairs_without_labelled_images_have_no_verdict():
    no_pairs = PairGraph(np.eye(len(IMAGES)), left_ids=IMAGES)
    choice = choose(GRAPHS | {"alone": no_pairs}, LABELS, 4)
    assert choice.words[-2] == "No verdict: too few labelled images are pairs of a candidate. Label more images."
    assert choice.table["alpha_T"].isna().tolist() == [False, False, True]
    assert choice.sentence == "noise 0.1 is the first of 3 by 120 labels, without a verdict."


def test_balanced_labels_are_weighted_by_the_shares_of_their_classes():
    labels = np.array([str(CLASSES[image]) for image in IMAGES])
    names, counts = np.unique(labels, return_counts=True)
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.choice(np.flatnonzero(labels == name), 25, replace=False) for name in names])
    shares = dict(zip(names, counts / len(labels), strict=True))
    choice = choose(GRAPHS, {IMAGES[row]: labels[row] for row in rows}, 4, shares=shares)
    assert choice.table["verdict"].tolist() == [BEST, WORSE]
    with pytest.raises(ValueError, match="class '0' has labels or a share, but not both"):
        choose(GRAPHS, {IMAGES[row]: labels[row] for row in rows}, 4, shares=dict(list(shares.items())[1:]))
    with pytest.raises(ValueError, match=r"shares of classes sum to 0\.5: give positive numbers that sum to 1"):
        choose(GRAPHS, {IMAGES[row]: labels[row] for row in rows}, 4, shares=dict.fromkeys(names, 0.1))
    with pytest.raises(ValueError, match="class '0' has one labelled image: label two of each class"):
        choose(GRAPHS, {IMAGES[row]: labels[row] for row in rows[24:]}, 4, shares=shares)


@pytest.mark.parametrize(
    ("candidates", "labels", "options", "why"),
    [
        (dict(list(FEATURES.items())[:1]), LABELS, {}, "1 candidate: give two or more"),
        (FEATURES | {"pairs": SIX}, LABELS, {}, "pairs has pairs and noise 0.1 has features"),
        (FEATURES, {"nobody": 1}, {}, "1 of 1 images are in no candidate, for example 'nobody'"),
        (FEATURES, dict.fromkeys(LABELS, 1), {}, "120 labelled images have 1 class"),
        (FEATURES, LABELS, {"k": 40}, "k=40 is too large"),
        (GRAPHS, LABELS, {"k": [2, 4]}, r"k=\[2, 4\]: give one width for pairs"),
        (GRAPHS, LABELS, {"by": "theorem 4"}, "by='theorem 4' is unknown: give alpha_T, through, optimum"),
        (GRAPHS, LABELS, {"k": 4, "by": "through"}, "give through=X"),
        (FEATURES, LABELS, {"through": np.eye(len(IMAGES))}, "through is for pairs"),
        (FEATURES | {"x": pd.DataFrame([[1.0]], index=["x"])}, LABELS, {}, "no image in common"),
        (FEATURES | {"x": FEATURES["noise 0.1"] * np.nan}, LABELS, {}, "x: features is not finite in row 0"),
        (FEATURES | {"x": pd.DataFrame([[1.0]] * 2, index=[1, 1])}, LABELS, {}, "x: 2 rows have 1 different ids"),
    ],
)
def test_bad_candidates_raise(candidates, labels, options, why):
    with pytest.raises(ValueError, match=why):
        choose(candidates, labels, **{"k": 4} | options)


KILLED_AT_THE_SECOND = """
import os, signal
from pairbounds.__main__ import main
from pairbounds.theory.questions import pair_choice
optimum, calls = pair_choice.optimal_embeddings, []
def killed(graph, k):
    calls.append(graph)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return optimum(graph, k)
pair_choice.optimal_embeddings = killed
main()
"""


def test_a_killed_choice_goes_on_with_the_candidates_that_are_left(call, files, monkeypatch):
    """Other labels or another width begin anew."""
    words = ["choose", "1.csv", "5.csv", "--labels", "named.csv", "--random", "--k", "4", "--out", "t.csv"]
    command = [sys.executable, "-c", KILLED_AT_THE_SECOND, *words]
    killed = subprocess.run(command, cwd=files, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len([*(files / "t.csv.finished").iterdir()]) == 1
    measured, real = [], pair_choice.optimal_embeddings
    monkeypatch.setattr(pair_choice, "optimal_embeddings", lambda graph, k: measured.append(graph) or real(graph, k))
    assert call(app, *words)[0] == 0
    assert len(measured) == 1
    assert not (files / "t.csv.finished").exists()
    resumed = read_table(files / "t.csv")
    assert call(app, *words)[0] == 0
    assert len(measured) == 3
    pd.testing.assert_frame_equal(read_table(files / "t.csv"), resumed)
    errors = {
        width: choose(GRAPHS, LABELS, width, finished=files / "kept").table["optimum"].tolist() for width in (3, 4)
    }
    assert errors[3] != errors[4]
    assert len([*(files / "kept").iterdir()]) == 4


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Candidates in every form, with ids that are easily taken for numbers or for nothing."""
    monkeypatch.chdir(tmp_path)
    ids = np.array(["01", "1", "NA", "", *map(str, range(10, len(IMAGES) + 6))])[: len(IMAGES)]
    ids[3] = "null"
    good, bad = (rows.to_numpy() for rows in FEATURES.values())
    np.savez("good.npz", features=good, ids=ids)
    pd.DataFrame(bad, index=ids, columns=[f"d{column}" for column in range(6)]).to_csv("bad.csv", index_label="id")
    np.save("good.npy", good)
    torch.save(torch.tensor(bad), "bad.pt")
    for name, graph in GRAPHS.items():
        pairs = graph.joint.tocoo()
        table = {"image": ids[pairs.row], "caption": graph.right_ids[pairs.col], "weight": pairs.data}
        pd.DataFrame(table).to_csv(f"{name[-1]}.csv", index=False)
    classes = [CLASSES[image] for image in IMAGES[DRAWN]]
    pd.DataFrame({"image": ids[DRAWN], "label": classes}).to_csv("named.csv", index=False)
    pd.DataFrame({"image": DRAWN, "label": classes}).to_csv("rows.csv", index=False)
    pd.DataFrame({"label": range(5), "share": 0.2}).to_csv("shares.csv", index=False)
    return tmp_path


@pytest.mark.parametrize(
    ("candidates", "labels", "options"),
    [
        (["good.npz", "bad.csv"], "named.csv", ["--k", "3,6", "--random"]),
        (["good=good.npy", "bad.pt"], "rows.csv", ["--k", "3,6", "--random"]),
        (["1.csv", "5.csv"], "named.csv", ["--k", "4", "--random"]),
        (["1.csv", "5.csv"], "named.csv", ["--k", "4", "--balanced", "shares.csv"]),
    ],
)
def test_the_command_reads_features_pairs_and_shares(call, files, candidates, labels, options):
    words = [*candidates, "--labels", labels, *options, "--out", "t.parquet", "--plot", "p.png"]
    code, out, err = call(app, "choose", *words)
    assert (code, err) == (0, "")
    first, second = (name.partition(".")[0].partition("=")[0] for name in candidates)
    assert out.splitlines()[-1].startswith(f"Take {first}")
    assert f"{second}" in out.splitlines()[-1]
    table = read_table(files / "t.parquet")
    assert table["candidate"].iloc[0] == first
    read = {labels, *(name.rpartition("=")[2] for name in candidates), *options[3:]}
    assert read_sidecar(files / "t.parquet")["configuration"]["content_keys"].keys() == read
    assert (files / "p.png").stat().st_size > 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "the sampling of labelled images is missing: give --random, or --balanced SHARES.csv"),
        (["--random", "--balanced", "named.csv"], "the sampling of labelled images is missing"),
        (["--random", "--out", "good.npz", "--force"], "good.npz"),
        (["other/good.npz", "--random"], "two candidates have the same name: write NAME=FILE"),
    ],
)
def test_command_lines_that_are_refused(refused, files, words, why):
    assert why in refused(app, "choose", "good.npz", "bad.csv", "--labels", "named.csv", *words)


def test_pairs_are_compared_through_features_in_a_file(call, files):
    ids = pd.unique(pd.read_csv("1.csv", dtype=str, keep_default_na=False)["image"])[::5]
    ids = [name for name in ids if name]
    features = np.random.default_rng(0).standard_normal((len(ids), 6))
    np.savez("through.npz", features=features, ids=ids)
    words = ["--labels", "named.csv", "--k", "4", "--random", "--through", "through.npz", "--by", "through"]
    code, out, _ = call(app, "choose", "1.csv", "5.csv", *words, "--out", "t.csv")
    assert code == 0
    assert "are missing in a candidate and left out of all" in out
    graphs = {name: pb.read_graph(f"{name}.csv").graph for name in "15"}
    through = pd.DataFrame(features, ids)
    expected = choose(graphs, pb.read_labels("named.csv"), 4, through=through, by="through").table
    np.testing.assert_allclose(read_table(files / "t.csv")["through"], expected["through"])
