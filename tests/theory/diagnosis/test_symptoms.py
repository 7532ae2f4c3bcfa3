"""Each symptom on cases that are made by hand: what is named, and what is said of numbers that are known."""

import math

import numpy as np
import pytest

from pairbounds import PairGraph, diagnose, prompt_ensemble
from pairbounds.theory.questions.diagnosis.causes import geometry

RNG = np.random.default_rng(0)
TOPICS = RNG.standard_normal((40, 16))
TOPIC = np.arange(400) % 40
TEXTS = TOPICS[TOPIC] + 0.5 * RNG.standard_normal((400, 16))
IMAGES = TEXTS + 0.5 * RNG.standard_normal((400, 16))
LABELS = TOPIC % 4
BASE = {"batch": 64}


def named(*embeddings, **given):
    return {finding.symptom: finding for finding in diagnose(*embeddings, **BASE | given).findings}


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.0), (0.3, 0.3), (0.6, 0.6)])
def test_a_share_of_wrong_pairs_is_estimated_and_excuses_the_temperature(share, expected):
    wrong = TEXTS.copy()
    size = int(share * 400)
    wrong[:size] = np.roll(TEXTS[:size], 1, axis=0)
    finding = named(IMAGES, wrong, temperature=0.05)["Pairs do not match"]
    assert finding.severity == pytest.approx(expected, abs=0.12)


def test_geometry_from_its_formulae():
    """RankMe and energy of centred rows whose directions have known sizes; spread beside a mean of known length."""
    sizes = np.array([3.0, 2.0, 1.0, 0.1])
    rows = np.vstack([np.diag(sizes), -np.diag(sizes)])
    shares = sizes / sizes.sum()
    spread, rank, count = geometry(rows.astype(np.float32), np.full(8, 1 / 8), 0)
    assert spread == pytest.approx(1)
    assert rank == pytest.approx(math.exp(-np.sum(shares * np.log(shares))), rel=1e-5)
    assert count == 3  # 14 of 14.01
    moved = rows + np.array([0, 0, 0, 5.0])
    energy = np.sum(sizes**2) / 4
    assert geometry(moved.astype(np.float32), np.full(8, 1 / 8), 0)[0] == pytest.approx(
        math.sqrt(energy / (energy + 25))
    )
    assert geometry(np.ones((5, 3), np.float32), np.full(5, 0.2), 0) == (0.0, 1.0, 1)


def test_two_pairs_are_no_collapse_and_one_caption_is_a_duplicate():
    assert diagnose(IMAGES[:2], IMAGES[:2]).wrong == ()
    for loss in ("clip", "siglip"):
        wrong = diagnose(IMAGES, TEXTS[:1], PairGraph(np.ones((400, 1))), loss=loss).wrong
        assert [finding.symptom for finding in wrong] == ["Duplicate captions"]


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_few_directions_are_a_collapse_and_what_is_before_the_head_is_told(rank):
    basis = np.linalg.svd(TEXTS)[2][:rank]
    finding = named(IMAGES @ basis.T @ basis, TEXTS @ basis.T @ basis, before_head=IMAGES)["Collapse"]
    assert finding.severity > 0.4
    assert "images before the head: RankMe 1" in finding.number


def test_temperatures_at_either_end_and_the_bias_of_siglip():
    """A factor of ten costs; the best temperature is told, and costs nothing."""
    for loss in ("clip", "siglip"):
        told = named(IMAGES, TEXTS, loss=loss, temperature=0.1)["Temperature"].number
        best = float(told.partition("embeddings is ")[2].split()[0])
        at_best = named(IMAGES, TEXTS, loss=loss, temperature=best)["Temperature"]
        low, high = (named(IMAGES, TEXTS, loss=loss, temperature=best * by)["Temperature"] for by in (0.02, 30))
        assert (at_best.severity, low.meaning[:7], high.meaning[:8]) == (0, "Too low", "Too high")
    assert named(IMAGES, TEXTS, loss="siglip", temperature=best, bias=20.0)["Temperature"].severity > 0.5


def test_a_shift_of_one_side_is_a_gap_that_costs_and_a_shift_that_changes_no_order_costs_nothing():
    shifted = IMAGES + 6 * np.sign(TOPICS[0])
    finding = diagnose(shifted, TEXTS, batch=64).wrong[0]
    assert finding.symptom == "Modality gap"
    assert finding.severity > 0.05
    assert "Cosines of .2 to .3 are usual" in finding.meaning
    assert named(IMAGES, TEXTS)["Modality gap"].severity == 0


def test_a_text_that_is_nearest_to_many_images_is_a_hub():
    texts = TEXTS.copy()
    texts[7] = 40 * (TOPICS.mean(axis=0) + 0.2 * TOPICS[3])
    finding = named(IMAGES, texts, loss="infonce")["Retrieval"]
    assert finding.severity > 0.2
    assert "text 7 is nearest" in finding.meaning


def test_duplicates_are_counted_as_theorem_29_counts_them():
    graph = PairGraph(np.eye(10)[TOPIC % 10], LABELS)
    finding = named(IMAGES, TOPICS[:10], pairs=graph)["Duplicate captions"]
    assert finding.number == "6.3 of 63 negatives have the anchor's caption, 15.8 its class"
    assert "above R@1 = 0.03" in finding.meaning
    assert finding.severity == pytest.approx(np.mean(np.log1p(RNG.binomial(63, 1 / 10, 4000))) / math.log(64), abs=0.02)


def test_prompt_sets_are_told_their_disagreement():
    """Of two prompt sets on four classes, the second with noise."""
    centres = np.stack([TEXTS[number == LABELS].mean(axis=0) for number in range(4)])
    sets = np.stack([centres, centres + 0.3 * RNG.standard_normal((4, 16))])
    prompts = {number: sets[:, number] for number in range(4)}
    finding = named(IMAGES, TEXTS, labels=LABELS, prompts=prompts, temperature=0.2)["Prompts"]
    unit = [rows / np.linalg.norm(rows, axis=-1, keepdims=True) for rows in (IMAGES, sets)]
    shares = np.exp(unit[0] @ unit[1].transpose(0, 2, 1) / 0.2)
    shares /= shares.sum(axis=2, keepdims=True)
    errors = np.mean(np.sum((shares - np.eye(4)[LABELS]) ** 2, axis=2), axis=1)
    assert f"squared error {prompt_ensemble(shares, errors)[0]:.3f} below" in finding.meaning


def test_a_probe_below_the_vote_of_captions_is_named():
    """The pairs name the class, and the images have lost it."""
    graph = PairGraph(np.eye(40)[TOPIC], LABELS)
    kept = np.linalg.svd(np.stack([TOPICS[TOPIC][c == LABELS].mean(axis=0) for c in range(4)]))[2][4:]
    findings = named(IMAGES @ kept.T, TOPICS @ kept.T, pairs=graph)
    assert "has error 0.00 (theorem 40)" in findings["Probe"].meaning
    assert findings["Probe"].severity > 0.1
    assert "Theorem 17" in named(IMAGES, TOPICS, pairs=graph, loss="spectral")["Probe"].meaning


def test_images_without_a_class_are_left_out_of_what_needs_classes():
    partly = [None if i < 100 else f"class {label}" for i, label in enumerate(LABELS)]
    centres = {f"class {number}": TEXTS[number == LABELS].mean(axis=0) for number in range(4)}
    findings = named(IMAGES, TEXTS, labels=partly, prompts=centres)
    assert {"Probe", "Prompts"} <= set(findings)
    assert "its class" not in findings["Duplicate captions"].number
    assert "Probe" not in named(IMAGES, TEXTS)
