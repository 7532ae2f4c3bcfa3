"""Answers to questions about pairs, on a graph of six nodes worked out by hand, and on files of users."""

import math
import re

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph, check_bounds, encoder_from_pairs, optimal_embeddings, probe, spectrum
from pairbounds.__main__ import app
from pairbounds.infrastructure.tables import read_table
from pairbounds.simulations.pair_sampling import PairSampler
from pairbounds.theory.bounds.theorem28_training_pairs import Forecast
from pairbounds.theory.bounds.theorem34_few_labels import FewLabels
from pairbounds.theory.bounds.theorem43_from_image_pairs import ImagePairs, certified_mse_at_most
from pairbounds.theory.quantities.multihop_consistency import consistency_curve
from pairbounds.theory.questions.batch import batch_report
from pairbounds.theory.questions.labels_needed import PROBES, labels_needed_report
from pairbounds.theory.questions.pairs import pairs_report

COUNTS = [[2, 0, 0], [1, 1, 0], [0, 1, 1]]
IMAGES, CAPTIONS = ["cat 1", "cat 2", "dog"], ["a cat", "a pet", "a dog"]
SIX = PairGraph(COUNTS, ["cat", "cat", "dog"], left_ids=IMAGES, right_ids=CAPTIONS)


def test_a_batch_of_four_by_hand():
    """`r` is 2, 1, 3/2, 3/2 and 3 on the five pairs, of probability 1/3 and four times 1/6."""
    answer = batch_report(SIX, [4])
    row = answer.table.iloc[0]
    assert row["information"] == pytest.approx(math.log(2) / 3 + math.log(1.5) / 3 + math.log(3) / 6)
    low = math.log(8 / 5) / 3 + math.log(6 / 4.5) / 3 + math.log(12 / 6) / 6
    assert row["shown_low"] == pytest.approx(low)
    assert row["shown_high"] == pytest.approx(row["information"])
    expected = {"same_class": 3 * 5 / 9, "same_caption": 3 * 14 / 36, "also_a_pair": 3 * 11 / 18}
    assert row[list(expected)].to_dict() == pytest.approx(expected)
    assert row["same_class_none"] == pytest.approx(2 / 3 * (1 / 3) ** 3 + 1 / 3 * (2 / 3) ** 3)
    assert answer.words[-1].startswith("So: a batch of ")


def test_a_guide_by_hand():
    """Cats are never negatives of cats: "a cat" is never a negative of a cat, nor "a dog" of the dog."""
    words = batch_report(SIX, [4], guide=[0, 0, 1]).words
    (sentence,) = [word for word in words if word.startswith("DropFalseNegative")]
    assert "drops 55.6% of the negatives, 100% of them rightly, 100% of those to drop" in sentence
    assert "66.7% of the pairs" in sentence
    assert f"rise by {math.log(2):.2g} nats" in sentence


@pytest.mark.parametrize(("batch", "words"), [(5, False), (6, True)])
def test_a_batch_larger_than_the_number_of_pairs_has_a_note(batch, words):
    assert any("has 5 distinct pairs: a larger batch" in word for word in batch_report(SIX, [4, batch]).words) == words


def test_without_labels_a_batch_report_has_the_other_columns():
    answer = batch_report(PairGraph(COUNTS), [4])
    assert "same_class" not in answer.table
    assert answer.words[0].startswith("The graph has no labels")
    partly = PairGraph(COUNTS, [0, None, 1])
    assert batch_report(partly, [4]).words[0].startswith("1 of 6 nodes have no label")


def test_independent_sides_give_no_information():
    assert batch_report(PairGraph(np.ones((2, 3))), [4]).words[-1].startswith("The two sides are independent")


def test_the_curve_of_pairs_is_that_of_the_theorems():
    answer = pairs_report(SIX, 2, target=0.2)
    row = answer.table.set_index("n_pairs").loc[10**6]
    assert row["mse_28"] == Forecast(SIX, 2).mse(10**6)
    assert row["mse_28_known_marginals"] == Forecast(SIX, 2, known_marginals=True).mse(10**6)
    assert answer.table["mse_19"].iloc[-1] >= check_bounds(SIX, 2, bounds=["probe-mse"])["measured"].max()
    n_pairs = Forecast(SIX, 2).pairs(0.2)
    (printed,) = re.findall(r"by theorem 28 from ([\d,]+) pairs on", answer.words[-1])
    assert n_pairs <= int(printed.replace(",", "")) < 1.1 * n_pairs


def test_a_pilot_sample_is_certified_by_its_own_walks():
    rng = np.random.default_rng(0)
    counts = rng.multinomial(5_000, SIX.joint.toarray().ravel()).reshape(3, 3)
    answer = pairs_report(PairGraph(counts, ["cat", "cat", "dog"]), 2, sample=5_000, penalty=0.9)
    assert any("these 5,000 pairs certify" in word for word in answer.words)
    for sample in (0, 4_999, 10**20):
        with pytest.raises(ValueError, match="cannot have these shares: give the sum of the counts"):
            pairs_report(PairGraph(counts, [0, 0, 1]), 2, sample=sample)
    for wrong in ({"target": 1.5}, {"penalty": 1.0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            pairs_report(SIX, 2, **wrong)


def test_a_large_sample_is_thinned_to_fit_in_memory(monkeypatch):
    """α_T is 8/25, which a list of a million pairs, a hundredth of the sample's, shows to two digits."""
    monkeypatch.setattr("pairbounds.theory.questions.pairs.WALKED", 10**6)
    graph = PairGraph([[4, 1], [1, 4]], [0, 1])
    (sentence,) = [word for word in pairs_report(graph, 1, sample=10**8).words if "α_T" in word]
    low, high = re.search(r"α_T between (\S+) and (\S+)\.", sentence).groups()
    assert 0.31 < float(low) < float(high) < 0.33


def blocks(seed, size=60):
    """Two classes with captions of their own, and noise."""
    labels = np.arange(size) % 2
    joint = np.random.default_rng(seed).random((size, 10)) ** 3 + 3 * (labels[:, None] == np.arange(10) % 2)
    return PairGraph(joint, labels)


@pytest.mark.parametrize("balanced", [False, True])
def test_labels_needed_are_guaranteed_by_theorem_34_and_widths_ranked_by_measured_errors(balanced):
    graph = blocks(0)
    answer = labels_needed_report(graph, (1, 2, 8), target=0.3, balanced=balanced)
    embeddings = {k: FewLabels.of(graph, optimal_embeddings(graph, k)[0]) for k in (1, 2, 8)}
    sizes = [24 if balanced else 25]
    assert answer.table["labels"].drop_duplicates().tolist() == sizes
    for row in answer.table.itertuples():
        assert row.guaranteed == embeddings[row.width].error_at_most(row.labels, balanced=balanced)
        assert row.class_means <= row.guaranteed
    measured = answer.table[list(PROBES)].min(axis=1)
    assert measured.is_monotonic_increasing
    assert answer.table["width"].iloc[0] == 2
    assert answer.table["guaranteed"].idxmin() == 0
    n_labels = embeddings[2].labels_needed(0.3, balanced=balanced)
    assert f"width 2 from {n_labels} labels on" in answer.words[1]
    assert "width 1 by no number (limit 1)" in answer.words[1]
    assert answer.words[-1].startswith(f"So: label {sizes[0]} images")


def test_one_class_may_be_drawn_and_a_target_may_be_out_of_reach():
    labels = np.r_[np.zeros(99, dtype=int), 1]
    answer = labels_needed_report(PairGraph(np.ones((100, 2)), labels), 1, target=0.001, draws=2)
    assert answer.table[list(PROBES)].max(axis=None) <= 0.1
    assert answer.words[-1].startswith("So: label more than the file can show")
    for graph, target, why in ((SIX, 0.2, "3 images of 2 classes"), (blocks(0), 1.0, "target")):
        with pytest.raises(ValueError, match=why):
            labels_needed_report(graph, target=target)


def test_the_command_pairs_with_labels_needed(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks(1).save("blocks.npz")
    line = ["pairs", "blocks.npz", "--labels-needed", "--balanced", "--target", "0.3", "--k", "2", "--out", "t.csv"]
    code, out, _ = call(app, *line)
    assert (code, "never by a bound" in out) == (0, True)
    assert pd.read_csv("t.csv")["width"].tolist() == [2]


COMMAND = ("pairs", "pairs.csv", "--k", "1", "--target", ".5")
FEATURES = np.array([[1, 2.0], [1, 1], [1, 0]])


def test_image_pairs_are_certified_through_features(call, folder):
    views = np.column_stack(PairSampler(SIX).induced_pairs(3_000, np.random.default_rng(0)))
    answer = pairs_report(SIX, 1, target=0.5, views=views, features=FEATURES)
    numbers = ImagePairs.of(SIX.through(FEATURES), views).numbers(1)
    assert answer.table["mse_43"].tolist() == [certified_mse_at_most(n, **numbers) for n in answer.table["n_pairs"]]
    (sentence,) = [word for word in answer.words if word.startswith("By theorem 43")]
    error, certified = (float(value) for value in re.findall(r"at most ([\d.]+)[, ]", sentence)[:2])
    assert probe(SIX, encoder_from_pairs(*FEATURES[views.T], 1)(FEATURES)).mse <= error <= certified
    n_pairs = int(re.search(r"from ([\d,]+) pairs on", sentence)[1].replace(",", ""))
    assert certified_mse_at_most(n_pairs, **numbers) <= 0.5 < certified_mse_at_most(int(0.9 * n_pairs), **numbers)
    pd.DataFrame(np.array(IMAGES)[views]).to_csv("views.csv", index=False, header=["one", "other"])
    pd.DataFrame(FEATURES, index=IMAGES).to_csv("features.csv")
    code, out, err = call(app, *COMMAND, "--views", "views.csv", "--features", "features.csv")
    assert (code, err) == (0, "")
    assert sentence in out
    assert "estimated from the features and labels of FILE" in out
    with pytest.raises(ValueError, match="k=2 is too large: theorem 43 needs k below 2, the number of directions"):
        pairs_report(SIX, 2, target=0.5, views=views, features=FEATURES)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("a,b\ncat 1,cat 2\ncat 1,a cat", "views.csv, row 2: 'a cat' is no left node of FILE. Draw image pairs"),
        ("a,b\ncat 1,cat 2\ncat 1,dog", "pair 2: 'cat 1' and 'dog' share no caption of the distribution. Draw image"),
        ("a,b,c\ncat 1,cat 2,1", "views.csv has 3 columns: give two, the ids of both images. Draw image"),
        ("a,b\ncat 1,cat 1", "do not span the 2 features: draw more pairs"),
        ("", "(--features): give both"),
    ],
)
def test_bad_tables_of_image_pairs_are_one_error_line(call, folder, table, why):
    (folder / "views.csv").write_text(table)
    np.save("features.npy", FEATURES)
    views = ["--views", "views.csv"] if table else []
    code, _, err = call(app, *COMMAND, *views, "--features", "features.npy")
    assert (code, why in err) == (2, True), err


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [
        (image, caption, label)
        for image, label, row in zip(IMAGES, ["cat", "cat", "dog"], COUNTS, strict=True)
        for caption, count in zip(CAPTIONS, row, strict=True)
        for _ in range(count)
    ]
    pd.DataFrame(rows, columns=["image", "caption", "label"]).to_csv("pairs.csv", index=False)
    return tmp_path


def test_the_command_batch(call, folder):
    pd.DataFrame({"image": IMAGES, "class": ["x", "x", "y"]}).to_csv("guide.csv", index=False)
    code, out, err = call(app, "batch", "pairs.csv", "--sizes", "2,4", "--guide", "guide.csv", "--out", "t.parquet")
    assert (code, err) == (0, "")
    assert "DropFalseNegative" in out
    pd.testing.assert_frame_equal(read_table(folder / "t.parquet"), batch_report(SIX, [2, 4]).table)


@pytest.mark.parametrize("seed", range(12))
def test_the_largest_error_its_sentence_and_its_graph_agree(call, folder, seed):
    """Numbers that a random measure has: moments, or an upper end of the next singular value, or both."""
    rng = np.random.default_rng(seed)
    atoms, weights = rng.random(4), rng.dirichlet(np.ones(4))
    names = [["alpha_T"], ["a_2"], ["alpha_T", "a_2"], ["a_1", "a_3"], ["sigma"], ["alpha_T", "a_2", "sigma"]][seed % 6]
    moments = {f"a_{power}": float(weights @ atoms**power) for power in (1, 2, 3)}
    known = {name: (moments | {"alpha_T": 1 - moments["a_1"], "sigma": float(atoms[0])})[name] for name in names}
    words = [word for name, number in known.items() for word in ("--known", f"{name}={number!r}")]
    code, out, _ = call(app, "pairs", *map(str, words), "--save", "worst.npz")
    largest, error = (float(re.search(rf"{what} ([\d.e-]*\d)", out)[1]) for what in (" is", "squared error"))
    k, graph = int(re.search(r"k = (\d+)", out)[1]), PairGraph.load("worst.npz")
    measured = check_bounds(graph, k, bounds=["probe-mse"])["measured"].max()
    curve = consistency_curve(graph, 3)
    numbers = {"alpha_T": 1 - curve[1]} | {f"a_{power}": curve[power] for power in (1, 2, 3)}
    assert (code, measured) == (0, pytest.approx(error, abs=1e-5))
    assert spectrum(graph, min(k + 1, graph.n_left)).leading(k + 1).singular_values[k] <= known.get("sigma", 1) + 1e-6
    printed = {name: float(value) for name, value in re.findall(r"(\w+) = ([\d.e-]*\d)", out.partition(" Its ")[2])}
    for name in {*known} - {"sigma"}:
        assert numbers[name] == pytest.approx((known | printed)[name], abs=1e-5)
    below = re.search(r"([\d.e-]+) below the largest", out)
    assert largest - measured == pytest.approx(float(below[1]) if below else 0.0, abs=1e-5)
    assert "sigma" in known or largest - measured <= 0.01


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (["pairs", "pairs.csv"], "give FILE with --k"),
        (["pairs", "pairs.csv", "--k", "2", "--balanced"], "--balanced needs --labels-needed"),
        (["pairs", "pairs.csv", "--labels-needed", "--sample", "6"], "--labels-needed does not use --sample"),
        (["pairs", "pairs.csv", "--known", "sigma=0.5"], "give one of the two"),
        (["pairs", "pairs.csv", "--k", "2", "--save", "x.npz"], "add --known, or leave out --save"),
        (["pairs", "--known", "sigma"], "is not NAME=NUMBER"),
        (["batch", "pairs.csv", "--sizes", "1"], "at least 2 pairs"),
        (["batch", "pairs.csv", "--sizes", "many"], "is not a batch size"),
    ],
)
def test_bad_command_lines(call, folder, line, why):
    code, _, err = call(app, *line)
    assert (code, why in err) == (2, True), err
