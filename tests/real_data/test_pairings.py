"""Every pairing against the formula of its probabilities, and where two pairings must differ or agree."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.special import softmax

from pairbounds.real_data.measures.off_diagonal import off_diagonal
from pairbounds.real_data.pairings import similarities as module
from pairbounds.real_data.pairings.image_draws import SIDE, crops, few_pixels
from pairbounds.real_data.pairings.pairing import Pairing
from pairbounds.real_data.pairings.similarities import (
    Similarities,
    best_match_similarities,
    cosine_similarities,
    membership_similarities,
)
from tests.families import ANY_SEED


def dense(similarities: Similarities) -> np.ndarray:
    """(n_left, n_right), minus infinity where a right node was left out."""
    full = np.full((len(similarities.values), similarities.n_right), -np.inf)
    np.put_along_axis(full, similarities.columns, similarities.values, axis=1)
    return full


def probabilities_of(similarities: Similarities, temperature: float) -> np.ndarray:
    """`P(z | x) ∝ exp(s(x, z) / temperature)`, (n_left, n_right)."""
    return softmax(dense(similarities) / temperature, axis=1)


def pairing_of(rng, n_left=7, n_right=9, keep=None) -> Pairing:
    return Pairing(
        "pairing", "captions", cosine_similarities(rng.normal(size=(n_left, 3)), rng.normal(size=(n_right, 3)), keep)
    )


def anchors_of(pairing: Pairing, temperature: float, labels=None):
    n = len(pairing.similarities.values)
    labels = np.arange(n) % 2 if labels is None else labels
    return off_diagonal(pairing.graph(temperature), {"y": labels}, {"image": np.arange(n)})["image"]


@given(ANY_SEED, st.none() | st.integers(1, 5), st.sampled_from([20, module.BLOCK]))
def test_similarities_from_their_formulas_and_the_largest_are_kept(seed, keep, block):
    rng = np.random.default_rng(seed)
    left, right, parts = rng.normal(size=(4, 3)), rng.normal(size=(6, 3)), rng.random((4, 5, 3))
    cosines = [[x @ z / np.sqrt(x @ x) / np.sqrt(z @ z) for z in right] for x in left]
    matches = [[-min(sum((part - z) ** 2) / 3 for part in x) for z in right] for x in parts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)  # 20: three rows of cosines, one of matches
        both = cosine_similarities(left, right, keep), best_match_similarities(parts, right, keep)
    for result, naive in zip(both, (cosines, matches), strict=True):
        for row, expected in zip(dense(result), np.array(naive), strict=True):
            columns = np.argsort(expected)[-(keep or 6) :]
            assert row[columns] == pytest.approx(expected[columns], abs=1e-5)
            assert np.isinf(np.delete(row, columns)).all()


@given(ANY_SEED, st.floats(0.05, 20), st.one_of(st.none(), st.integers(1, 9)))
def test_a_graph_has_the_probabilities_of_the_formula_and_equal_images(seed, temperature, keep):
    pairing = pairing_of(np.random.default_rng(seed), keep=keep)
    graph = pairing.graph(temperature)
    assert graph.left_marginal == pytest.approx(np.full(7, 1 / 7))
    expected = probabilities_of(pairing.similarities, temperature) / 7
    assert graph.joint.toarray() == pytest.approx(expected[:, expected.any(axis=0)], abs=1e-12)


@given(ANY_SEED, st.integers(1, 9), st.floats(0.05, 20))
def test_the_truncated_mass_is_at_most_its_bound(seed, keep, temperature):
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(7, 3)), rng.normal(size=(9, 3))
    all_similarities, cut = cosine_similarities(left, right), cosine_similarities(left, right, keep)
    kept = np.take_along_axis(probabilities_of(all_similarities, temperature), cut.columns, 1)
    lost = 1 - kept.sum(axis=1).mean()
    assert lost <= cut.truncated(temperature) + 1e-6
    assert all_similarities.truncated(temperature) == 0


def test_a_cold_graph_keeps_the_most_similar_and_can_be_divided_by_its_marginals_and_a_hot_one_is_uniform():
    pairing = pairing_of(np.random.default_rng(1), n_left=12)
    graph = pairing.graph(1e-4)
    best = np.unique(dense(pairing.similarities).argmax(axis=1))
    assert np.sum(graph.right_marginal > 1e-12) == len(best)
    assert np.isfinite(1 / graph.right_marginal).all()
    assert np.isfinite(anchors_of(pairing, 1e-4).own_share).all()
    hot = anchors_of(pairing, 1e9)
    assert hot.effective_positives() == pytest.approx(11)
    assert hot.own_share == pytest.approx(np.full(12, 1 / 12))


def test_captions_known_exactly_are_shared_evenly_when_cold_and_uniform_when_hot():
    has = np.array([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]])
    pairing = Pairing("exact", "captions", membership_similarities(sp.csr_array(has)))
    assert pairing.graph(1e-3).joint.toarray() == pytest.approx(has / has.sum(axis=1, keepdims=True) / 3)
    assert pairing.graph(1e9).joint.toarray() == pytest.approx(np.full((3, 4), 1 / 12))
    anchors = anchors_of(pairing, 1e-3)
    assert np.isnan(anchors.entropy).tolist() == [False, False, True]  # nobody shares the third image's captions
    assert anchors.alone == pytest.approx(1 / 3)


@given(ANY_SEED)
def test_exchanging_images_within_a_class_changes_neither_consistency_nor_diversity(seed):
    rng = np.random.default_rng(seed)
    pairing, labels = pairing_of(rng, n_left=8), np.repeat([0, 1], 4)
    order = np.concatenate([rng.permutation(4), 4 + rng.permutation(4)])
    before, after = anchors_of(pairing, 0.3, labels), anchors_of(pairing.exchanged(order), 0.3, labels)
    assert after.agreement["y"] == pytest.approx(before.agreement["y"][order])
    assert after.effective_positives() == pytest.approx(before.effective_positives())


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="keep at least 1"):
        cosine_similarities(np.ones((2, 3)), np.ones((2, 3)), 0)
    with pytest.raises(ValueError, match="must be positive"):
        pairing_of(np.random.default_rng(0)).graph(0.0)
    with pytest.raises(ValueError, match="keep=1 is too small: a left node has 2"):
        membership_similarities(sp.csr_array(np.array([[1, 1, 0]])), 1)


def picture(pixels: int, seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(256, size=(pixels, pixels, 3), dtype=np.uint8))


def test_a_crop_or_its_mirror_image_is_found_in_its_own_image():
    images = [picture(60, seed) for seed in range(4)]
    views = []
    for image in images:
        crop = image.crop((0, 0, 36, 36))  # one of the grid
        views += [crop, crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    result = best_match_similarities(np.stack([crops(i) for i in images]), np.stack([few_pixels(v) for v in views]))
    assert dense(result).argmax(axis=0).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert dense(result).max(axis=0) == pytest.approx(np.zeros(8), abs=1e-4)
    assert crops(images[0]).shape == (2 * (1 + 4 + 9 + 16), 3 * SIDE**2)
