"""Each symptom on cases made by hand, and its numbers."""

import math

import numpy as np
import pytest

from pairbounds import PairGraph, diagnose, prompt_ensemble
from pairbounds.theory.questions.diagnosis.case import geometry

RNG = np.random.default_rng(0)
TOPICS = RNG.standard_normal((40, 16))
TOPIC = np.arange(400) % 40
TEXTS = TOPICS[TOPIC] + 0.5 * RNG.standard_normal((400, 16))
IMAGES = TEXTS + 0.5 * RNG.standard_normal((400, 16))
LABELS = TOPIC % 4
BASE = {"batch": 64}


def named(*embeddings, **options):
    return {finding.symptom: finding for finding in diagnose(*embeddings, **BASE | options).findings}


def rolled(share):
    """Texts, a share of them shuffled."""
    size = int(share * 400)
    return np.concatenate([np.roll(TEXTS[:size], 1, axis=0), TEXTS[size:]])


def projected(rows, rank):
    basis = np.linalg.svd(TEXTS)[2][:rank]
    return rows @ basis.T @ basis


HUB = np.where(np.arange(400)[:, None] == 7, 40 * (TOPICS.mean(axis=0) + 0.2 * TOPICS[3]), TEXTS)
CENTRES = np.stack([TEXTS[number == LABELS].mean(axis=0) for number in range(4)])
LOST = np.linalg.svd(np.stack([TOPICS[TOPIC][number == LABELS].mean(axis=0) for number in range(4)]))[2][4:].T
TEN, FORTY = (PairGraph(np.eye(size)[TOPIC % size], LABELS) for size in (10, 40))
CAPTIONED = np.mean(np.log1p(RNG.binomial(63, 1 / 10, 4000))) / math.log(64)  # share of ln B that ten captions cost


@pytest.mark.parametrize(
    ("symptom", "embeddings", "options", "severity", "words"),
    [
        *(("Pairs do not match", (IMAGES, rolled(x)), {"temperature": 0.05}, (x, 0.12), "") for x in (0.0, 0.3, 0.6)),
        *(
            ("Collapse", (projected(IMAGES, rank), projected(TEXTS, rank)), {"before_head": IMAGES}, (0.7, 0.3), words)
            for rank, words in ((1, "images before the head: RankMe 1"), (3, "fewer than"))
        ),
        ("Modality gap", (IMAGES + 6 * np.sign(TOPICS[0]), TEXTS), {}, (0.5, 0.45), "Cosines of .2 to .3 are usual"),
        ("Modality gap", (IMAGES, TEXTS), {}, (0, 0), "Cosines of .2 to .3 are usual"),
        ("Retrieval", (IMAGES, HUB), {"loss": "infonce"}, (0.6, 0.4), "text 7 is nearest"),
        (
            "Duplicate captions",
            (IMAGES, TOPICS[:10], TEN),
            {},
            (CAPTIONED, 0.02),
            "6.3 of 63 negatives have the anchor's",
        ),
        ("Probe", (IMAGES @ LOST, TOPICS @ LOST, FORTY), {}, (0.5, 0.4), "has error 0.00 (theorem 40)"),
        ("Probe", (IMAGES, TOPICS, FORTY), {"loss": "spectral"}, (0.4, 0.1), "Theorem 17"),
    ],
)
def test_a_symptom_has_the_severity_and_the_words_of_its_case(symptom, embeddings, options, severity, words):
    finding = named(*embeddings, **options)[symptom]
    assert finding.severity == pytest.approx(severity[0], abs=severity[1])
    assert words in f"{finding.number} {finding.meaning}"
    assert bool(finding.action) == (finding.severity > 0)


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
        wrong = diagnose(IMAGES, TEXTS[:1], PairGraph(np.ones((400, 1))), loss=loss, batch=16).wrong
        assert [finding.symptom for finding in wrong] == ["Duplicate captions"]


@pytest.mark.parametrize("loss", ["clip", "siglip"])
def test_temperatures_at_either_end_and_the_bias_of_siglip(loss):
    """The best temperature costs nothing; factors of fifty and thirty cost."""
    options = {"loss": loss}
    number = named(IMAGES, TEXTS, temperature=0.1, **options)["Temperature"].number
    best = float(number.partition("embeddings is ")[2].split()[0])
    ends = [named(IMAGES, TEXTS, temperature=best * factor, **options)["Temperature"] for factor in (1, 0.02, 30)]
    assert (ends[0].severity, ends[1].meaning[:7], ends[2].meaning[:8]) == (0, "Too low", "Too high")
    if loss == "siglip":
        assert named(IMAGES, TEXTS, temperature=best, bias=20.0, **options)["Temperature"].severity > 0.5


def test_the_disagreement_of_prompt_sets_is_reported():
    """Two prompt sets on four classes, the second with noise."""
    sets = np.stack([CENTRES, CENTRES + 0.3 * RNG.standard_normal((4, 16))])
    prompts = {number: sets[:, number] for number in range(4)}
    finding = named(IMAGES, TEXTS, labels=LABELS, prompts=prompts, temperature=0.2)["Prompts"]
    unit = [rows / np.linalg.norm(rows, axis=-1, keepdims=True) for rows in (IMAGES, sets)]
    shares = np.exp(unit[0] @ unit[1].transpose(0, 2, 1) / 0.2)
    shares /= shares.sum(axis=2, keepdims=True)
    errors = np.mean(np.sum((shares - np.eye(4)[LABELS]) ** 2, axis=2), axis=1)
    assert f"squared error {prompt_ensemble(shares, errors)[0]:.3f} below" in finding.meaning


def test_images_without_a_class_are_left_out_of_the_probe_and_prompts():
    partly = [None if i < 100 else f"class {label}" for i, label in enumerate(LABELS)]
    prompts = {f"class {number}": centre for number, centre in enumerate(CENTRES)}
    findings = named(IMAGES, TEXTS, labels=partly, prompts=prompts)
    assert {"Probe", "Prompts"} <= set(findings)
    assert "its class" not in findings["Duplicate captions"].number
    assert "Probe" not in named(IMAGES, TEXTS)
