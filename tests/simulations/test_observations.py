import numpy as np
import pytest

from pairbounds import LatentWorld
from pairbounds.simulations.observations import image_features

WORLD = LatentWorld(n_classes=3, n_styles=2, n_positions=8, seed=1)
CAPTIONS = WORLD.caption_graph(0.1, 0.5)


def test_the_seed_determines_the_features_of_images():
    other = LatentWorld(n_classes=3, n_styles=2, n_positions=8, seed=2)
    np.testing.assert_array_equal(image_features(WORLD), image_features(WORLD))
    assert not np.array_equal(image_features(WORLD), image_features(other))


def test_caption_latents_agree_with_the_graph():
    named_class, named_style, phrase = WORLD.caption_latents(CAPTIONS)
    np.testing.assert_array_equal(named_class, CAPTIONS.right_labels)
    assert set(named_style) == set(range(WORLD.n_styles + 1))
    assert phrase.max() < WORLD.n_phrases
    latents = np.stack([named_class, named_style, phrase])
    assert len(np.unique(latents, axis=1).T) == CAPTIONS.n_right


def test_without_noise_the_same_latents_look_the_same_and_others_do_not():
    clean = image_features(WORLD, noise=0.0)
    distances = np.linalg.norm(clean[:, None] - clean[None], axis=2)
    assert np.all(np.diag(distances) == 0)
    assert distances[~np.eye(WORLD.n_images, dtype=bool)].min() > 0.05
    spread = np.std(image_features(WORLD, noise=0.5) - clean)
    assert spread == pytest.approx(0.5, rel=0.1)
