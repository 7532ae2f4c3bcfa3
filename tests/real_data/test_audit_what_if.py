"""The what-if of an audit against naive loops, on data with and without a helpful rule."""

from dataclasses import replace
from functools import partialmethod

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.real_data.audit import dropping_rules as rules
from pairbounds.real_data.audit import trials
from pairbounds.real_data.audit.dropping_rules import PairList, RuleInputs
from pairbounds.real_data.audit.trials import WhatIf, _half, image_masses, left_of, measured_on, what_if
from tests.families import ANY_SEED
from tests.real_data.test_audit_files import write


def draw_halves(seed: int) -> RuleInputs:
    """Distinct pairs with weights and similarities, at least one of every image, and both halves."""
    rng = np.random.default_rng(seed)
    has = rng.random((24, 10)) < 0.3
    has[np.arange(24), rng.integers(10, size=24)] = True
    images, captions = np.nonzero(has)
    pairs = PairList(images, captions, 0.1 + rng.random(len(images)), np.arange(24) % 3, rng.random(len(images)))
    in_training = _half(pairs, rng)[pairs.images]
    return RuleInputs(pairs, pairs.kept(in_training), pairs.kept(~in_training))


def naive_alpha(pairs: PairList) -> float:
    """Probability that two images of one caption differ in class, pair by pair."""
    total, differ = pairs.weights.sum(), 0.0
    for caption in np.unique(pairs.captions):
        inside = np.flatnonzero(pairs.captions == caption)
        mass = pairs.weights[inside].sum()
        for row in inside:
            for other in inside:
                if pairs.labels[pairs.images[row]] != pairs.labels[pairs.images[other]]:
                    differ += pairs.weights[row] * pairs.weights[other] / mass / total
    return differ


def naive_wrong(pairs: PairList, k: int) -> set[int]:
    """Images that the probe on the optimum gets wrong, by dense algebra; discards examples decided by round-off."""
    images, captions = np.unique(pairs.images), np.unique(pairs.captions)
    joint = np.zeros((len(images), len(captions)))
    joint[np.searchsorted(images, pairs.images), np.searchsorted(captions, pairs.captions)] = pairs.weights
    joint /= joint.sum()
    p, q = joint.sum(axis=1), joint.sum(axis=0)
    left, values, _ = np.linalg.svd(joint / np.sqrt(np.outer(p, q)))
    assume(k < len(values) and values[k - 1] - values[k] > 1e-4)
    labels = pairs.labels[images]
    scores = left[:, :k] @ (left[:, :k].T @ (np.sqrt(p)[:, None] * np.eye(3)[labels])) / np.sqrt(p)[:, None]
    ordered = np.sort(scores, axis=1)
    assume((ordered[:, -1] - ordered[:, -2]).min() > 1e-6)
    return set(images[scores.argmax(axis=1) != labels])


RANKED = [*rules.RULES.values(), *rules.CONTROLS.values(), rules.oracle]


@given(seed=ANY_SEED, rule=st.sampled_from(RANKED), share=st.sampled_from([0.1, 0.25, 0.5, 0.7]))
def test_remaining_pairs_are_measured_as_by_naive_loops(seed, rule, share):
    """The error is of all images of the half, with the masses before: one that is wrong or without pairs counts."""
    inputs = draw_halves(seed)
    judged = inputs.judged
    order = rules.ranked(rule, inputs, np.random.default_rng(seed))
    assert sorted(order) == list(range(len(judged)))
    left = left_of(judged, order, share)
    assert len(left) == len(judged) - round(share * len(judged))
    bad = naive_wrong(left, 2)
    result = measured_on(left, image_masses(judged), WhatIf(k=2, device="cpu"))
    mass = {x: judged.weights[judged.images == x].sum() / judged.weights.sum() for x in np.unique(judged.images)}
    lost = mass.keys() - set(left.images)
    assert result["alpha_t"] == pytest.approx(naive_alpha(left), abs=1e-12)
    assert result["isolated"] == pytest.approx(sum(mass[x] for x in lost), abs=1e-12)
    assert result["error"] == pytest.approx(sum(mass[x] for x in bad | lost), abs=1e-9)
    for bound in ("bound_theorem_4", "bound_theorem_15", "bound_theorem_16"):
        assert result["probe_error"] <= result[bound] * (1 + 1e-9)


def test_the_oracle_needs_fewer_pairs_than_the_leak_where_both_end_between_captions():
    """Three of the four images of a caption have one class: the leak drops all four, the oracle the fourth."""
    images, captions = np.arange(16), np.repeat(np.arange(4), 4)
    pairs = PairList(images, captions, np.ones(16), np.array([0, 0, 0, 1] * 4), np.zeros(16))
    inputs = RuleInputs(pairs, pairs, pairs)

    def alphas(rule):
        order = rules.ranked(rule, inputs, np.random.default_rng(0))
        return [naive_alpha(left_of(pairs, order, share)) for share in (0.25, 0.5)]

    assert alphas(rules.oracle) == [0, 0]
    assert alphas(rules.leak) == pytest.approx([3 / 8, 3 / 8])


@given(seed=ANY_SEED)
def test_rules_and_thresholds_do_not_depend_on_labels_of_the_test_half(seed):
    inputs = draw_halves(seed)
    labels, unseen = inputs.judged.labels.copy(), np.unique(inputs.judged.images)
    labels[unseen] = np.random.default_rng(seed).permutation(labels[unseen])
    permuted = RuleInputs(*(replace(pairs, labels=labels) for pairs in vars(inputs).values()))
    assert not set(inputs.training.images) & set(inputs.judged.images)
    for rule in rules.RULES.values():
        orders = [rules.ranked(rule, v, np.random.default_rng(seed)) for v in (inputs, permuted)]
        np.testing.assert_array_equal(*orders)

    def measure(left, half):
        assert set(left.images) <= set(half.images)
        return {"error": naive_alpha(left), "n_pairs": len(left)}

    (*rows, applied), (*_, other) = (list(trials.threshold_rows(v, (0.2, 0.4), measure)) for v in (inputs, permuted))
    np.testing.assert_equal(applied["threshold"], other["threshold"])
    for share, row in zip((0, 0.2, 0.4), rows, strict=True):
        count = round(share * len(inputs.training))
        assert len(inputs.training) - row["n_pairs"] == count
        assert not count or row["threshold"] == sorted(inputs.training.similarities)[count]
    above = [s for s in inputs.judged.similarities if not s < applied["threshold"]]
    assert applied["n_pairs"] == len(above) == round((1 - applied["share"]) * len(inputs.judged))


def junk_graph(rng: np.random.Generator, n: int, *, helpful: bool) -> PairGraph:
    """Each image has three of the 8 captions of its class and, in one of six random groups, three of the group.

    The groups hold together more tightly than the classes, and the embedding of width 4 learns them: dropping what
    crosses classes helps. Otherwise all six captions are any, and nothing can help.
    """
    labels, group = np.arange(n) % 4, rng.integers(6, size=n)
    rows = [
        np.concatenate([rng.choice(8, 3, replace=False) + 8 * y, 32 + 3 * g + np.arange(3)])
        if helpful
        else rng.choice(50, 6, replace=False)
        for y, g in zip(labels, group, strict=True)
    ]
    joint = sp.coo_array((np.ones(6 * n), (np.repeat(np.arange(n), 6), np.concatenate(rows))))
    return PairGraph(joint, labels, drop_isolated=True)


TRIED = WhatIf(k=4, shares=(0.5,), splits=6, draws=1, device="cpu")


def test_a_helpful_rule_is_found_and_compared_with_another_on_each_half():
    rng = np.random.default_rng(0)
    graph = junk_graph(rng, 400, helpful=True)
    settings = replace(TRIED, draws=2, rules=("low similarity", "leak"))
    outcome = what_if(graph, settings, similarities(graph, rng.random(graph.joint.nnz)))
    drops = outcome.curves[outcome.curves["action"] == "drop"]
    assert set(drops["rule"]) == {"leak", "low similarity", "oracle", "random pairs", "random captions"}
    rows = outcome.verdict.set_index(["quantity", "rule"])
    assert rows.loc[("error", "leak"), ["beats_random", "helps"]].all()
    assert "measured error, dropping pairs: leak beats random with 50% of the pairs dropped" in outcome.words[0]
    by_rivals = "measured error, leak compared with low similarity: leak gives a smaller value with 50% of"
    assert outcome.words[2].startswith(by_rivals)
    for quantity in ("error", "alpha_t"):
        on = drops.pivot_table(quantity, "split", "rule")
        differences = on["leak"] - on["low similarity"]
        half = stats.t.ppf(0.975, 5) * differences.std(ddof=1) * np.sqrt(1 / 6 + 1)
        expected = [differences.mean(), differences.mean() - half, differences.mean() + half]
        result = rows.loc[(quantity, "leak"), ["rival_difference", "rival_low", "rival_high"]]
        assert result.tolist() == pytest.approx(expected)


def similarities(graph: PairGraph, values: np.ndarray) -> sp.csr_array:
    """Similarities of the pairs of a graph, in the order of its matrix."""
    return sp.csr_array((values, graph.joint.indices, graph.joint.indptr), graph.shape)


def test_a_helpful_threshold_is_chosen_on_one_half_and_tested_on_the_other():
    """Captions of the classes have similarities of 1 and more, those of the groups less than 0.1."""
    rng = np.random.default_rng(0)
    graph = junk_graph(rng, 400, helpful=True)
    values = (graph.joint.indices < 32) + 0.1 * rng.random(graph.joint.nnz)
    settings = replace(TRIED, shares=(0.02, 0.45), splits=4, rules=("low similarity",))
    outcome = what_if(graph, settings, similarities(graph, values))
    curves = outcome.curves
    applied = curves[curves["action"] == "apply"].set_index("split")
    assert applied["threshold"].between(0, 0.1).all()
    for split, row in applied.iterrows():
        tried = curves[(curves["action"] == "choose") & (curves["split"] == split)]
        assert tried["share"].tolist() == [0, *settings.shares]
        assert tried["threshold"][tried["error"].round(9).idxmin()] == row["threshold"]
    assert applied["share"].between(0.4, 0.5).all()
    assert outcome.words[-1].startswith("similarity: dropping pairs with a score below 0.09")
    assert " helps. This is the median of the best thresholds of the halves" in outcome.words[-1]


@pytest.mark.parametrize("equal", [False, True])
def test_a_useless_threshold_is_not_advised(equal):
    rng = np.random.default_rng(1)
    graph = junk_graph(rng, 96, helpful=False)
    values = np.full(graph.joint.nnz, 0.5) if equal else rng.random(graph.joint.nnz)
    settings = replace(TRIED, splits=3, rules=("low similarity",))
    words = what_if(graph, settings, similarities(graph, values)).words[-1]
    assert words.startswith("similarity: on every half the error is least" if equal else "similarity: dropping pairs")
    assert "shown to help" in words


def test_beyond_a_size_a_sample_of_the_images_is_measured_with_all_of_their_pairs(monkeypatch):
    monkeypatch.setattr(trials, "MOST_PAIRS", 600)
    graph = junk_graph(np.random.default_rng(0), 160, helpful=True)
    outcome = what_if(graph, WhatIf(k=2, shares=(0.1,), splits=2, draws=1, device="cpu"))
    assert outcome.words[0].startswith("what if: on a random sample of 100 of 160 images, with 600 of 960 pairs")
    assert outcome.curves["n_pairs"].max() == 300


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shares": (1.0,)}, "must be in"),
        ({"splits": 1}, "an interval needs 2 splits"),
        ({"draws": 0}, "a control 1 draw"),
        ({"rules": ("leaks",)}, "rules=leaks has an unknown rule leaks: choose from leak, hubs, low similarity"),
        ({"rules": ("leak", "leak")}, "rules=leak,leak has a rule twice"),
        ({"rules": ("low similarity",)}, "no similarities: name their column with --similarity-col"),
        ({"k": 70}, "k=70 is too large for the remaining half"),
    ],
)
def test_impossible_trials_raise(options, message):
    with pytest.raises(ValueError, match=message):
        what_if(junk_graph(np.random.default_rng(0), 160, helpful=True), WhatIf(**options, device="cpu"))


def test_the_command_tries_rules_and_the_next_audit_removes_their_tables(call, refused, tmp_path, monkeypatch):
    monkeypatch.setattr(WhatIf, "__init__", partialmethod(WhatIf.__init__, shares=(0.5,), splits=3, draws=1))
    graph = junk_graph(np.random.default_rng(1), 48, helpful=False)
    images, captions = graph.joint.tocoo().coords
    frame = pd.DataFrame({"image": images, "caption": captions, "label": graph.left_labels[images]})
    pairs, out = write(frame, tmp_path / "pairs.csv"), tmp_path / "out"
    words = ["audit", pairs, "--label-col", "label", "--k", 2, "--out", out]
    code, printed, _ = call(app, *words, "--what-if")
    assert code == 0
    assert "no rule beats random. With 3 halves the smallest difference" in printed
    code, printed, _ = call(app, *words, "--rules", "hubs, leak")
    assert (code, "measured error, hubs compared with leak: no significant difference at any" in printed) == (0, True)
    assert set(pd.read_parquet(out / "what_if_verdict.parquet")["rival"]) == {"hubs", "leak"}
    assert call(app, *words)[0] == 0
    assert not list(out.glob("what_if*"))
    bare = write(frame[["image", "caption"]], tmp_path / "bare.csv")
    assert "give labels" in refused(app, "audit", bare, "--what-if", "--out", out, "--force")
