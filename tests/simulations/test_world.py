import numpy as np
import pytest
from scipy.stats import chi2_contingency

from pairbounds import LatentWorld, labelling_error
from pairbounds.simulations.observations import image_features

WORLD = LatentWorld(n_classes=4, n_styles=3, n_positions=10, seed=5)
GRAPH = WORLD.caption_graph(0.1, 0.5)


def test_both_graphs_share_one_left_side_with_one_marginal():
    captions, augmentations = WORLD.caption_graph(0.1, 0.5), WORLD.augmentation_graph(1.0)
    for graph in (captions, augmentations):
        np.testing.assert_array_equal(graph.left_labels, WORLD.labels)
        np.testing.assert_allclose(graph.left_marginal, 1 / WORLD.n_images, rtol=1e-12)
        assert np.diff(graph.joint.indptr).max() == WORLD.n_views == WORLD.n_captions
    np.testing.assert_array_equal(augmentations.right_labels, WORLD.labels[augmentations.right_ids.astype(int)])
    identity = np.eye(WORLD.n_images) / WORLD.n_images
    for strength in (0.0, 1e-3):
        np.testing.assert_allclose(WORLD.augmentation_graph(strength).joint.toarray(), identity)


def test_the_seed_determines_the_world():
    for make in (lambda world: world.caption_graph(0.2, 0.5), lambda world: world.augmentation_graph(2.0)):
        first, again, other = make(WORLD), make(WORLD), make(LatentWorld(4, 3, 10, seed=6))
        assert (first.joint != again.joint).nnz == 0
        assert first.joint.shape != other.joint.shape or (first.joint != other.joint).nnz > 0


def test_boundless_augmentation_draws_the_source_uniformly():
    """The class of a source is then that of a uniform draw: a binomial count, within 4 standard errors."""
    world = LatentWorld(n_classes=4, n_styles=3, n_positions=10, n_views=200, seed=1)
    graph = world.augmentation_graph(1e12)
    chance = 3 / 4
    standard_error = np.sqrt(chance * (1 - chance) / (world.n_images * world.n_views))
    assert labelling_error(graph) == pytest.approx(chance, abs=4 * standard_error)
    assert graph.n_right == world.n_images
    deviation = graph.right_marginal * world.n_images - 1
    assert np.abs(deviation).max() < 6 / np.sqrt(world.n_views)


def test_views_leave_position_then_style_then_class():
    sources = {}
    for strength in (0.25, 0.6, 20.0):
        graph = WORLD.augmentation_graph(strength)
        pairs = graph.joint.tocoo()
        views, images = pairs.coords[0], graph.right_ids[pairs.coords[1]].astype(int)
        sources[strength] = [float(np.mean(latent[views] != latent[images])) for latent in WORLD.latents]
    weak_class, weak_style, weak_position = sources[0.25]
    assert weak_class == weak_style == 0 < weak_position
    middle_class, middle_style, _ = sources[0.6]
    assert middle_style > middle_class
    assert sources[20.0][0] > 0.5


def test_without_detail_the_graph_splits_by_class_and_with_it_by_style():
    world = LatentWorld(n_classes=4, n_styles=3, n_positions=40, n_captions=4, n_phrases=4, seed=2)
    for detail, expected in ((0.0, 4), (0.5, 4), (1.0, 4 * 3)):
        assert world.caption_graph(0.0, detail).n_components == expected


@pytest.mark.parametrize("detail", [0.0, 1.0])
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5, 1.0])
def test_noise_is_the_labelling_error(noise, detail):
    """A binomial count, within 4 standard errors."""
    world = LatentWorld(n_captions=50, seed=4)
    standard_error = np.sqrt(noise * (1 - noise) / (world.n_images * world.n_captions))
    assert labelling_error(world.caption_graph(noise, detail)) == pytest.approx(noise, abs=4 * standard_error + 1e-12)


def test_captions_do_not_depend_on_the_position():
    """Given class and style, the captions of an image are drawn alike whatever its position: a chi-squared test."""
    world = LatentWorld(n_classes=1, n_styles=1, n_positions=8, n_captions=400, n_phrases=5, seed=7)
    counts = world.caption_graph(0.0, 0.5).joint.toarray() * world.n_images * world.n_captions
    assert chi2_contingency(counts).pvalue > 1e-3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LatentWorld(n_styles=0), "n_styles=0 is not a positive integer"),
        (lambda: LatentWorld(style_barrier=2, class_barrier=1), "both must be positive and finite"),
        (lambda: WORLD.augmentation_graph(np.nan), "must be finite and at least 0"),
        (lambda: WORLD.caption_graph(-0.1), "noise=-0.1 is not a probability"),
        (lambda: WORLD.caption_graph(0, 1.1), "detail=1.1 is not a probability"),
        (lambda: LatentWorld(n_classes=1).caption_graph(0.1), "needs a wrong class"),
    ],
)
def test_bad_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_seed_determines_the_features_of_images():
    other = LatentWorld(4, 3, 10, seed=6)
    np.testing.assert_array_equal(image_features(WORLD), image_features(WORLD))
    assert not np.array_equal(image_features(WORLD), image_features(other))


def test_caption_latents_agree_with_the_graph():
    named_class, named_style, phrase = WORLD.caption_latents(GRAPH)
    np.testing.assert_array_equal(named_class, GRAPH.right_labels)
    assert set(named_style) == set(range(WORLD.n_styles + 1))
    assert phrase.max() < WORLD.n_phrases
    latents = np.stack([named_class, named_style, phrase])
    assert len(np.unique(latents, axis=1).T) == GRAPH.n_right


def test_without_noise_the_same_latents_look_the_same_and_others_do_not():
    clean = image_features(WORLD, noise=0.0)
    distances = np.linalg.norm(clean[:, None] - clean[None], axis=2)
    assert np.all(np.diag(distances) == 0)
    assert distances[~np.eye(WORLD.n_images, dtype=bool)].min() > 0.05
    spread = np.std(image_features(WORLD, noise=0.5) - clean)
    assert spread == pytest.approx(0.5, rel=0.1)
