"""The what-if of an audit against naive loops, on data where a rule helps and where none does."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.infrastructure import progress
from pairbounds.real_data.audit import WhatIf, auditing, rules, trials, what_if
from pairbounds.real_data.audit.rules import PairList, Views
from pairbounds.real_data.audit.trials import _half, _masses, _measured, left_of, pair_list, sampled
from tests.real_data.test_audit_files import write

SEEDS = st.integers(0, 2**32 - 1)


def draw_pairs(seed: int, n_images=24, n_captions=10, n_classes=3, *, weighted=False) -> PairList:
    """Distinct pairs, at least one of every image."""
    rng = np.random.default_rng(seed)
    has = rng.random((n_images, n_captions)) < 0.3
    has[np.arange(n_images), rng.integers(n_captions, size=n_images)] = True
    images, captions = np.nonzero(has)
    weights = 0.1 + rng.random(len(images)) if weighted else np.ones(len(images))
    return PairList(images, captions, weights, np.arange(n_images) % n_classes, rng.random(len(images)))


def halves(pairs: PairList, seed: int) -> Views:
    seen = _half(pairs, np.random.default_rng(seed))[pairs.images]
    return Views(pairs, pairs.kept(seen), pairs.kept(~seen))


def naive_alpha(pairs: PairList) -> float:
    """The probability that two images drawn by one caption differ, pair by pair."""
    total, differ = pairs.weights.sum(), 0.0
    for caption in np.unique(pairs.captions):
        inside = np.flatnonzero(pairs.captions == caption)
        mass = pairs.weights[inside].sum()
        for one in inside:
            for other in inside:
                if pairs.labels[pairs.images[one]] != pairs.labels[pairs.images[other]]:
                    differ += pairs.weights[one] * pairs.weights[other] / mass / total
    return differ


RANKED = [*rules.RULES.values(), *rules.CONTROLS.values(), rules.oracle]


@given(seed=SEEDS, rule=st.sampled_from(RANKED), share=st.sampled_from([0.1, 0.25, 0.4]))
def test_what_is_left_is_measured_as_naive_loops_do(seed, rule, share):
    views = halves(draw_pairs(seed, weighted=True), seed)
    order = rules.ranked(rule, views, np.random.default_rng(seed))
    assert sorted(order) == list(range(len(views.judged)))
    left = left_of(views.judged, order, share)
    assert len(left) == len(views.judged) - round(share * len(views.judged))
    before = _masses(views.judged)
    found = _measured(left, before, WhatIf(k=1, device="cpu"))
    assert found["alpha_t"] == pytest.approx(naive_alpha(left), abs=1e-12)
    lost = [x for x in np.unique(views.judged.images) if x not in left.images]
    assert found["isolated"] == pytest.approx(sum(before[x] for x in lost), abs=1e-12)
    assert found["isolated"] - 1e-12 <= found["error"] <= 1
    for bound in ("bound_theorem_4", "bound_theorem_15", "bound_theorem_16"):
        assert found["probe_error"] <= found[bound] * (1 + 1e-9)


def test_an_image_that_loses_its_pairs_is_an_error():
    """Two classes in two components: the probe errs on nobody, and one image, of mass 2 in 11, has lost its pairs."""
    pairs = PairList(
        np.array([0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5]),
        np.array([0, 1, 0, 1, 0, 2, 3, 2, 3, 2, 3]),
        np.ones(11),
        np.array([0, 0, 0, 1, 1, 1]),
    )
    found = _measured(pairs.kept(pairs.images != 1), _masses(pairs), WhatIf(k=2, device="cpu"))
    assert (found["alpha_t"], found["probe_error"]) == (0, 0)
    assert found["isolated"] == found["error"] == pytest.approx(2 / 11)


def test_the_oracle_needs_fewer_pairs_than_the_leak_where_both_end_between_captions():
    """Of each caption three images are of one class: the leak drops all four, the oracle the other one."""
    images, captions = np.arange(16), np.repeat(np.arange(4), 4)
    pairs = PairList(images, captions, np.ones(16), np.array([0, 0, 0, 1] * 4))
    views = Views(pairs, pairs, pairs)
    found = {}
    for rule in (rules.oracle, rules.leak, rules.random_pairs):
        order = rules.ranked(rule, views, np.random.default_rng(0))
        found[rule] = [naive_alpha(left_of(pairs, order, share)) for share in (0.25, 0.5)]
    assert found[rules.oracle] == [0, 0]
    assert found[rules.leak] == pytest.approx([3 / 8, 3 / 8])


@pytest.mark.parametrize("rule", [rules.random_pairs, rules.random_captions])
def test_random_choice_takes_every_pair_as_often(rule):
    """Of 3,000 draws, within 4.5 standard errors."""
    views = halves(draw_pairs(0), 0)
    rng, n, drawn = np.random.default_rng(1), len(views.judged), 3_000
    count = round(0.25 * n)
    taken = sum(np.bincount(rules.ranked(rule, views, rng)[:count], minlength=n) for _ in range(drawn))
    share = count / n
    assert np.abs(taken / drawn - share).max() < 4.5 * np.sqrt(share * (1 - share) / drawn)


@given(seed=SEEDS, rule=st.sampled_from(list(rules.RULES.values())))
def test_no_rule_sees_the_labels_it_is_judged_by(seed, rule):
    views = halves(draw_pairs(seed), seed)
    shuffled = views.judged.labels.copy()
    unseen = np.unique(views.judged.images)
    shuffled[unseen] = np.random.default_rng(seed).permutation(shuffled[unseen])
    others = [PairList(v.images, v.captions, v.weights, shuffled, v.similarities) for v in vars(views).values()]
    orders = [rules.ranked(rule, v, np.random.default_rng(seed)) for v in (views, Views(*others))]
    np.testing.assert_array_equal(*orders)
    assert not set(views.seen.images) & set(views.judged.images)


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


TRIED = WhatIf(k=4, shares=(0.5,), splits=6, draws=4, device="cpu")


def test_a_rule_that_helps_is_found():
    outcome = what_if(junk_graph(np.random.default_rng(0), 400, helpful=True), TRIED)
    rows = outcome.verdict.set_index(["quantity", "action", "rule"])
    best = rows.loc[("error", "drop", "leak")]
    assert best["beats_random"]
    assert best["helps"]
    assert "measured error, dropping pairs" in outcome.words[0]
    assert "beats random at 50%" in outcome.words[0]
    curves = outcome.curves
    assert set(curves["rule"]) == {"nothing", "leak", "hubs", "oracle", "random pairs", "random captions"}
    assert len(curves) == 6 * (1 + 3 + 2 * 4)
    assert curves.notna().all(axis=None)


def test_beyond_a_size_a_sample_of_the_images_is_measured(monkeypatch):
    graph = junk_graph(np.random.default_rng(0), 160, helpful=True)
    monkeypatch.setitem(what_if.__globals__, "MOST_PAIRS", 600)
    pairs = pair_list(graph, graph.left_labels, None)
    part = sampled(pairs, np.random.default_rng(0))
    assert len(part) == 600
    assert (np.bincount(part.images)[np.unique(part.images)] == 6).all()
    outcome = what_if(graph, WhatIf(k=2, shares=(0.1,), splits=2, draws=1, device="cpu"))
    assert outcome.words[0].startswith("what if: on a random sample of 100 of 160 images, with 600 of 960 pairs")


def test_what_cannot_be_tried_or_judged():
    graph = junk_graph(np.random.default_rng(0), 160, helpful=True)
    for options, message in (
        ({"shares": ()}, r"shares=\(\) are not all in"),
        ({"shares": (1.0,)}, "not all in"),
        ({"splits": 1}, "an interval needs 2 splits"),
        ({"draws": 0}, "a control 1 draw"),
        ({"k": 70}, "k=70 is more than is left of half of the images"),
    ):
        with pytest.raises(ValueError, match=message):
            what_if(graph, WhatIf(**options, device="cpu"))
    with pytest.raises(ValueError, match="one label"):
        what_if(PairGraph(graph.joint, np.zeros(160, dtype=int)))


def test_a_killed_trial_goes_on_and_the_next_audit_leaves_nothing_of_it(call, tmp_path, monkeypatch):
    monkeypatch.setattr(WhatIf, "__init__", _quick(WhatIf.__init__))
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(auditing, "draw", lambda tables, out: None)
    graph = junk_graph(np.random.default_rng(1), 48, helpful=False)
    images, captions = graph.joint.tocoo().coords
    frame = pd.DataFrame({"image": images, "caption": captions, "label": graph.left_labels[images]})
    pairs, out = write(frame, tmp_path / "pairs.csv"), tmp_path / "out"
    words = ["audit", pairs, "--label-col", "label", "--k", 2, "--out"]
    code, said, err = call(app, *words, tmp_path / "whole", "--what-if")
    lines = [line for line in err.splitlines() if line.startswith("what if: ")]
    assert (code, [line.split(", ")[0] for line in lines]) == (0, [f"what if: {n} of 3 halves" for n in (1, 2, 3)])
    assert lines[0].endswith(" left")
    assert "no rule beats random" in said
    assert "would have shown" in said
    measured, halves = trials._on_half, []

    def killed(pairs, settings, split, tried):
        halves.append(split)
        if halves == [0, 1]:
            raise KeyboardInterrupt
        return measured(pairs, settings, split, tried)

    monkeypatch.setattr(trials, "_on_half", killed)
    code, _, err = call(app, *words, out, "--what-if")
    assert (code, "finished halves of --what-if are kept" in err) == (130, True)
    assert call(app, *words, out, "--what-if")[0] == 0
    assert halves == [0, 1, 1, 2]
    tables = ("what_if.parquet", "what_if_verdict.parquet")
    for name in tables:
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not (out / "what_if").exists()
    assert call(app, *words, out)[0] == 0  # an audit without leaves no curves of the earlier one
    assert not [name for name in tables if (out / name).exists()]
    (out / tables[0]).write_bytes(b"A stranger's work")
    code, _, err = call(app, *words, out)
    assert (code, "what_if.parquet stays as it is" in err) == (2, True)
    code, _, err = call(app, *words[:2], "--what-if", "--out", out, "--force")
    assert (code, "give labels" in err) == (2, True)


def _quick(whole):
    def of(self, **options):
        whole(self, **options, shares=(0.5,), splits=3, draws=1)

    return of
