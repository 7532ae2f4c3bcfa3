from dataclasses import fields

import numpy as np
import pytest
import scipy.sparse as sp

from pairbounds import LatentWorld, induced_labelling_error, labelling_error, spectrum
from pairbounds.theory.quantities.consistency import class_masses

WORLD = LatentWorld(n_classes=4, n_styles=3, n_positions=10, seed=5)


def components(graph) -> int:
    square = sp.block_array([[None, graph.joint], [graph.joint.T, None]])
    return sp.csgraph.connected_components(square)[0]


def test_one_image_for_each_latent():
    latents = set(zip(*(latent.tolist() for latent in WORLD.latents), strict=True))
    assert len(latents) == WORLD.n_images == 4 * 3 * 10


def test_both_graphs_share_one_left_side_with_one_marginal():
    captions, augmentations = WORLD.caption_graph(0.1, 0.5), WORLD.augmentation_graph(1.0)
    for graph in (captions, augmentations):
        np.testing.assert_array_equal(graph.left_labels, WORLD.labels)
        np.testing.assert_allclose(graph.left_marginal, 1 / WORLD.n_images, rtol=1e-12)


def test_one_seed_gives_one_world_and_another_another():
    for make in (lambda world: world.caption_graph(0.2, 0.5), lambda world: world.augmentation_graph(2.0)):
        first, again, other = make(WORLD), make(WORLD), make(LatentWorld(4, 3, 10, seed=6))
        assert (first.joint != again.joint).nnz == 0
        assert first.joint.shape != other.joint.shape or (first.joint != other.joint).nnz > 0


def test_every_image_has_its_own_few_pairs():
    for graph, few in (
        (WORLD.caption_graph(0.3, 0.5), WORLD.n_captions),
        (WORLD.augmentation_graph(2.0), WORLD.n_views),
    ):
        per_image = np.diff(graph.joint.indptr)
        assert per_image.max() == few
        assert per_image.min() >= 1


# Augmentation: the limits and the order in which views leave position, style and class.


def test_without_augmentation_every_image_is_its_own_only_view():
    graph = WORLD.augmentation_graph(0.0)
    np.testing.assert_allclose(graph.joint.toarray(), np.eye(WORLD.n_images) / WORLD.n_images)


def test_vanishing_augmentation_tends_to_none():
    assert (WORLD.augmentation_graph(1e-3).joint != WORLD.augmentation_graph(0.0).joint).nnz == 0


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


def test_right_labels_of_an_augmentation_graph_are_those_of_the_sources():
    graph = WORLD.augmentation_graph(2.0)
    np.testing.assert_array_equal(graph.right_labels, WORLD.labels[graph.right_ids.astype(int)])


def test_errors_grow_and_connectivity_too_along_a_sweep():
    graphs = [WORLD.augmentation_graph(strength) for strength in (0.3, 0.8, 1.5, 4.0)]
    errors = [induced_labelling_error(graph) for graph in graphs]
    values = [spectrum(graph, 6).singular_values[5] for graph in graphs]
    assert errors == sorted(errors)
    assert values == sorted(values, reverse=True)


# Captions: the limits of noise and detail.


def test_noiseless_captions_name_the_class():
    for detail in (0.0, 0.5, 1.0):
        graph = WORLD.caption_graph(0.0, detail)
        assert labelling_error(graph) == 0
        assert induced_labelling_error(graph) == 0


def test_without_detail_the_graph_splits_by_class_and_with_it_by_style():
    world = LatentWorld(n_classes=4, n_styles=3, n_positions=40, n_captions=4, n_phrases=4, seed=2)
    assert components(world.caption_graph(0.0, 0.0)) == 4
    assert components(world.caption_graph(0.0, 1.0)) == 4 * 3
    assert components(world.caption_graph(0.0, 0.5)) == 4


def test_one_phrase_without_detail_is_one_clique_for_each_class():
    world = LatentWorld(n_classes=4, n_phrases=1, seed=3)
    values = spectrum(world.caption_graph(), 4).singular_values
    assert world.caption_graph().n_right == 4
    np.testing.assert_allclose(values, 1, atol=1e-12)


@pytest.mark.parametrize("detail", [0.0, 1.0])
@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_noise_is_the_labelling_error(noise, detail):
    """A binomial count, within 4 standard errors."""
    world = LatentWorld(n_captions=50, seed=4)
    standard_error = np.sqrt(noise * (1 - noise) / (world.n_images * world.n_captions))
    assert labelling_error(world.caption_graph(noise, detail)) == pytest.approx(noise, abs=4 * standard_error)


def test_a_world_of_noise_only_never_names_the_right_class():
    graph = WORLD.caption_graph(1.0)
    assert labelling_error(graph) == pytest.approx(1, abs=1e-12)


def test_captions_never_speak_of_the_position():
    """Given class and style, the captions of an image are drawn alike whatever its position: a chi-squared test."""
    from scipy.stats import chi2_contingency

    world = LatentWorld(n_classes=1, n_styles=1, n_positions=8, n_captions=400, n_phrases=5, seed=7)
    counts = world.caption_graph(0.0, 0.5).joint.toarray() * world.n_images * world.n_captions
    assert chi2_contingency(counts).pvalue > 1e-3


def test_classes_are_balanced():
    np.testing.assert_allclose(class_masses(WORLD.caption_graph(0.2)), 1 / 4)


@pytest.mark.parametrize("name", [field.name for field in fields(LatentWorld) if field.name.startswith("n_")])
@pytest.mark.parametrize("value", [0, -1, 2.5])
def test_bad_sizes(name, value):
    with pytest.raises(ValueError, match=f"{name}={value!r} is not a positive integer"):
        LatentWorld(**{name: value})


@pytest.mark.parametrize("barriers", [(0, 1), (2, 1), (1, np.inf), (np.nan, 1)])
def test_bad_barriers(barriers):
    with pytest.raises(ValueError, match="both are positive and finite"):
        LatentWorld(style_barrier=barriers[0], class_barrier=barriers[1])


@pytest.mark.parametrize("strength", [-0.1, np.nan, np.inf])
def test_bad_strength(strength):
    with pytest.raises(ValueError, match="is not a finite number of at least 0"):
        WORLD.augmentation_graph(strength)


@pytest.mark.parametrize(("noise", "detail", "name"), [(-0.1, 0, "noise"), (0, 1.1, "detail"), (np.nan, 0, "noise")])
def test_bad_probabilities(noise, detail, name):
    with pytest.raises(ValueError, match=f"{name}=.* is not a probability"):
        WORLD.caption_graph(noise, detail)


def test_noise_needs_another_class():
    with pytest.raises(ValueError, match="needs a wrong class"):
        LatentWorld(n_classes=1).caption_graph(0.1)
    assert labelling_error(LatentWorld(n_classes=1).caption_graph(0.0)) == 0


def test_unknown_settings_are_errors():
    with pytest.raises(TypeError, match="n_colours"):
        LatentWorld(n_colours=3)
