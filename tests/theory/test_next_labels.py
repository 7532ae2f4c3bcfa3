"""Images to label next: exact probabilities, scores by their formulas, and estimates that the choice does not bend."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairbounds as pb
from pairbounds import PairGraph, choose
from pairbounds.__main__ import app
from pairbounds.theory.questions.labelled_sample import LabelledSample
from pairbounds.theory.questions.next_labels import disagreement, drawn_next, inclusion_probabilities
from pairbounds.theory.questions.pair_choice import influences

GRAPHS = {f"noise {noise:g}": pb.LatentWorld(seed=0).caption_graph(noise=noise, detail=0.3) for noise in (0.12, 0.13)}
CLASSES = next(iter(GRAPHS.values())).left_labels
IDS = next(iter(GRAPHS.values())).left_ids
DRAWN = np.random.default_rng(1).choice(len(IDS), 120, replace=False)
LABELS = {IDS[row]: CLASSES[row] for row in DRAWN}
FEATURES = {name: pd.DataFrame(pb.optimal_embeddings(graph, 6)[0], index=IDS) for name, graph in GRAPHS.items()}
SCORES = st.lists(st.sampled_from([0.0, 1e-9, 0.1, 1.0, 50.0]), min_size=1, max_size=12).map(np.array)


@given(scores=SCORES, part=st.floats(0, 1))
def test_each_image_is_drawn_with_exactly_its_probability(scores, part):
    count = 1 + round(part * (len(scores) - 1))
    chances = inclusion_probabilities(scores, count)
    assert np.all((chances > 0) & (chances <= 1))
    assert chances.sum() == pytest.approx(count)
    assert np.all(np.diff(chances[np.argsort(scores, kind="stable")]) >= -1e-12)
    steps = (np.arange(200) + 0.5) / 200
    fixed = [SimpleNamespace(permutation=lambda n: np.arange(n)[::-1], random=lambda step=step: step) for step in steps]
    draws = [drawn_next(chances, rng) for rng in fixed]
    assert {(len(rows), len({*rows.tolist()})) for rows in draws} == {(count, count)}
    shares = np.bincount(np.concatenate(draws), minlength=len(scores)) / 200
    np.testing.assert_allclose(shares, chances, atol=0.011)


@given(seed=st.integers(0, 10**6), count=st.integers(1, 5))
def test_disagreement_is_a_standard_deviation_over_candidates(seed, count):
    votes = np.random.default_rng(seed).random((count, 7, 3))
    np.testing.assert_allclose(disagreement(iter(votes)), np.sqrt(votes.var(axis=0).sum(axis=1)), atol=1e-6)
    assert not disagreement([votes[0]] * 3).any()


def test_the_influence_of_a_label_is_the_derivative_of_the_share_of_unlike_pairs():
    graph = PairGraph([[2, 0, 1, 0], [1, 1, 0, 0], [0, 4, 1, 0], [0, 1, 1, 1], [0, 0, 3, 1]])
    pairs = graph.induced().joint.toarray() * (1 - np.eye(5))
    weights, result = np.array([1, 1, 1, 0, 0]) / 3, influences(graph, LabelledSample.of({0: "a", 1: "b", 2: "a"}, 5))
    for image, c in ((3, 0), (3, 1), (4, 0), (4, 1)):
        differ = np.not_equal.outer(classes := np.array([0, 1, 0, c, c]), classes)
        masses = [pairs * np.outer(w, w) for w in (weights, weights + 1e-6 * (np.arange(5) == image))]
        before, after = (np.sum(mass * differ) / mass.sum() for mass in masses)
        assert 2 * result[image, c] == pytest.approx((after - before) / 1e-6, rel=1e-4)


def test_weights_remove_the_bias_of_chosen_images():
    """Losses are where the scores are: without weights the mean is far off."""
    rng = np.random.default_rng(0)
    scores, weighted, plain = np.linspace(0, 1, 400) ** 3, [], []
    losses = (rng.random(400) < scores).astype(float)
    for _ in range(400):
        labelled = rng.choice(400, 60, replace=False)
        unlabelled = np.setdiff1d(np.arange(400), labelled)
        chances = inclusion_probabilities(scores[unlabelled], 60)
        rows = drawn_next(chances, rng)
        labels = dict.fromkeys([*labelled.tolist(), *unlabelled[rows].tolist()], "a") | {int(labelled[0]): "b"}
        sample = LabelledSample.of(
            labels, 400, chances=dict(zip(unlabelled[rows].tolist(), chances[rows], strict=True))
        )
        weighted.append(sample.weights @ losses[sample.rows])
        plain.append(losses[sample.rows].mean())
    assert abs(np.mean(weighted) - losses.mean()) < 4 * np.std(weighted) / 20
    assert np.mean(plain) - losses.mean() > 20 * np.std(plain) / 20
    assert np.std(weighted) < np.sqrt(losses.var() / 120)  # of as many images at random


CHANCES = [None, dict.fromkeys((0, 3, 4), 0.2), {0: 0.5, 3: 1.0, 4: 0.01}]  # of images that were chosen


@given(seed=st.integers(0, 10**6), balanced=st.booleans(), chances=st.sampled_from(CHANCES))
def test_strata_keep_their_weight_in_a_bootstrap(seed, balanced, chances):
    rng = np.random.default_rng(seed)
    names = rng.permutation(["a"] * 8 + ["b"] * 12).tolist()
    shares = {"a": 0.3, "b": 0.7} if balanced else None
    sample = LabelledSample.of(dict(enumerate(names)), 50, shares, chances)
    blocks = sample.resampled(lambda weights: weights, 20, seed)
    np.testing.assert_allclose(blocks.sum(axis=1), 1)
    if chances is not None:
        np.testing.assert_allclose(blocks[:, [0, 3, 4]].sum(axis=1), 0.15)
    elif balanced:
        np.testing.assert_allclose(blocks[:, sample.labels == 0].sum(axis=1), 0.3)
    if chances is not CHANCES[2] and not balanced:
        np.testing.assert_allclose(sample.weights, 0.05)


@pytest.mark.parametrize(("candidates", "column"), [(FEATURES, "mse"), (GRAPHS, "optimum")])
def test_labels_of_chosen_images_are_used_except_by_theorem_41(candidates, column):
    first = choose(candidates, LABELS, 4)
    images = first.next(30)
    pd.testing.assert_frame_equal(images, choose(candidates, LABELS, 4).next(30))
    assert not {*images["image"]} & {*map(str, LABELS)}
    labels = LABELS | {image: CLASSES[[*map(str, IDS)].index(image)] for image in images["image"]}
    probabilities = images.set_index("image")["probability"].to_dict() | {"unlabelled": 0.5}
    second = choose(candidates, labels, 4, probabilities=probabilities)
    assert second.words[0].startswith("30 labelled images were chosen")
    by_name = [choice.table.set_index("candidate")[column] for choice in (first, second)]
    pd.testing.assert_series_equal(*by_name, check_like=True)
    assert first.table[first.by].tolist() != second.table[first.by].tolist()


def test_a_decided_choice_needs_no_further_labels():
    far = pb.LatentWorld(seed=0).caption_graph(noise=0.5, detail=0.3)
    images = choose(GRAPHS | {"noise 0.13": far}, LABELS, 4).next(5)
    assert (images.columns.tolist(), len(images)) == (["image", "probability"], 0)


def test_the_command_draws_images_and_keeps_a_file_with_labels(call, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, rows in zip("ab", FEATURES.values(), strict=True):
        np.save(f"{name}.npy", rows.to_numpy())
    labels = pd.DataFrame({"image": DRAWN, "label": CLASSES[DRAWN]})
    labels.to_csv("labels.csv", index=False)
    words = ["choose", "a.npy", "b.npy", "--random", "--k", "4", "--labels", "labels.csv", "--next"]
    for _ in range(2):  # the second replaces what the first wrote
        code, out, _ = call(app, *words, "next.csv:20")
        assert (code, out.splitlines()[-1]) == (0, "next.csv: 20 images to label next")
    images = pd.read_csv("next.csv")
    images["label"] = CLASSES[images["image"]]
    images.to_csv("next.csv", index=False)
    assert "next.csv was not written by pairbounds" in refused(app, *words, "next.csv:20")
    assert "--next 20: give a table and a number of images, as in next.csv:20" in refused(app, *words, "20")
    pd.concat([labels, images]).to_csv("labels.csv", index=False)
    assert "20 labelled images were chosen" in call(app, *words, "more.csv:5")[1]
    pd.concat([labels, images.assign(probability="x")]).to_csv("labels.csv", index=False)
    assert "labels.csv, row 120 (the first is 0): column 'probability'" in refused(app, *words, "more.csv:5")


@pytest.mark.parametrize(
    ("attempt", "why"),
    [
        (lambda: choose(FEATURES, LABELS, 4).next(0), r"cannot draw 0 images to label next: give 1 to 200"),
        (lambda: choose(FEATURES, LABELS, 4).next(10**6), "the unlabelled ones"),
        (lambda: choose(GRAPHS, LABELS, 4, by="optimum").next(5), "needs labels drawn at random"),
        (lambda: choose(GRAPHS, LABELS, 4, probabilities=dict.fromkeys(LABELS, 1)), "all labelled images have a prob"),
        (lambda: choose(GRAPHS, LABELS, 4, probabilities={IDS[DRAWN[0]]: 0}), "probability 0 of an image is not in"),
    ],
)
def test_bad_requests_for_next_images_raise(attempt, why):
    with pytest.raises(ValueError, match=why):
        attempt()
