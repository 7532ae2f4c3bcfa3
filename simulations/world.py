"""A world of images with a class, a style and a nuisance position, and its caption and augmentation graphs."""

import math
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.checks import require_positive_counts, require_probabilities
from pairbounds.theory.graph.pair_graph import PairGraph

NUISANCE_REACH = 1 / 8  # standard deviation of a view's move at strength 1, as a share of the circle of positions


@dataclass(frozen=True)
class WorldShape:
    """Settings of a `LatentWorld`, without its seed.

    Attributes
    ----------
    n_classes, n_styles, n_positions : shape of the grid; the number of images is the product
    n_views : natural images drawn as sources of each left image
    n_captions : captions of each image
    n_phrases : number of wordings of the same content
    style_barrier, class_barrier : strengths at which views begin to leave their style, and their class
    """

    n_classes: int = 5
    n_styles: int = 4
    n_positions: int = 16
    n_views: int = 4
    n_captions: int = 4
    n_phrases: int = 8
    style_barrier: float = 2.0
    class_barrier: float = 3.0

    def __post_init__(self) -> None:
        require_positive_counts(self)
        if not 0 < self.style_barrier <= self.class_barrier < math.inf:
            raise ValueError(
                f"style_barrier={self.style_barrier} and class_barrier={self.class_barrier}: "
                "both must be positive and finite, and style_barrier at most class_barrier"
            )

    def world(self, seed: int) -> "LatentWorld":
        """World of this shape, drawn with a seed."""
        return LatentWorld(**{field.name: getattr(self, field.name) for field in fields(WorldShape)}, seed=seed)


@dataclass(frozen=True)
class LatentWorld(WorldShape):
    """Images on a grid of latents, with their views and captions.

    There is one image for each (class, style, position). Styles belong to their class; positions lie on a circle and
    are a nuisance. These images are the left side of both graphs, with the same uniform marginal. Views and captions
    are drawn for each image, so graphs differ between seeds, and an error concerns a single image.

    Attributes
    ----------
    seed : seed of all random draws; for the other attributes see `WorldShape`
    """

    seed: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the grid: numbers of classes, styles and positions."""
        return self.n_classes, self.n_styles, self.n_positions

    @property
    def n_images(self) -> int:
        """Number of images."""
        return math.prod(self.shape)

    @cached_property
    def latents(self) -> IntArray:
        """Class, style and position of each image, (3, n_images)."""
        return np.indices(self.shape).reshape(3, -1)

    @property
    def labels(self) -> IntArray:
        """The class of each image, (n_images,)."""
        labels: IntArray = self.latents[0]
        return labels

    def augmentation_graph(self, strength: float) -> PairGraph:
        """Graph with images as views on the left, and their natural images, labelled by class, on the right.

        A move is drawn for every view. The position shifts by a normal step of standard deviation `strength / 8` of
        the circle. With probability `exp(-style_barrier / strength)` the style is redrawn within the class, with
        probability `exp(-class_barrier / strength)` style and class are redrawn. At strength 0 the only view of an
        image is itself; in the limit of large strength, sources are uniform. Moves are symmetric, so drawing the
        sources of a view is equivalent to drawing the views of a source.

        A seed uses the same random numbers at every strength, so each view moves gradually along a sweep.

        Parameters
        ----------
        strength : finite, at least 0
        """
        if not 0 <= strength < math.inf:
            raise ValueError(f"strength={strength!r} must be finite and at least 0")
        rng = np.random.default_rng([self.seed, 0])
        views = np.repeat(np.arange(self.n_images), self.n_views)
        classes, styles, positions = self.latents[:, views]
        n = views.size
        steps = np.rint(strength * NUISANCE_REACH * self.n_positions * rng.standard_normal(n)) % self.n_positions
        leaves_style = rng.random(n) < _jump_probability(self.style_barrier, strength)
        leaves_class = rng.random(n) < _jump_probability(self.class_barrier, strength)
        new_style, new_class = rng.integers(self.n_styles, size=n), rng.integers(self.n_classes, size=n)
        source_latents = (
            np.where(leaves_class, new_class, classes),
            np.where(leaves_style | leaves_class, new_style, styles),
            (positions + steps.astype(np.int64)) % self.n_positions,
        )
        sources = np.ravel_multi_index(source_latents, self.shape)
        return PairGraph.from_pairs(views, sources, left_labels=self.labels[views], right_labels=self.labels[sources])

    def caption_graph(self, noise: float = 0.0, detail: float = 0.0) -> PairGraph:
        """Graph with images on the left, and captions, labelled by the class they name, on the right.

        Each caption names a class: with probability `noise` a wrong class, drawn uniformly. With probability `detail`
        it also names a style: the image's style if the class is right, else a random style. It never names the
        position. The wording is one of `n_phrases`, drawn uniformly.

        Parameters
        ----------
        noise, detail : probabilities, in [0, 1]
        """
        require_probabilities(noise=noise, detail=detail)
        if noise > 0 and self.n_classes == 1:
            raise ValueError(f"noise={noise} needs a wrong class: n_classes must be at least 2")
        rng = np.random.default_rng([self.seed, 1])
        images = np.repeat(np.arange(self.n_images), self.n_captions)
        classes, styles, _ = self.latents[:, images]
        n = images.size
        wrong = rng.random(n) < noise
        shift = 1 + rng.integers(max(1, self.n_classes - 1), size=n)
        named_class = np.where(wrong, (classes + shift) % self.n_classes, classes)
        other_style, detailed = rng.integers(self.n_styles, size=n), rng.random(n) < detail
        named_style = np.where(detailed, np.where(wrong, other_style, styles), self.n_styles)  # n_styles: no style
        phrase = rng.integers(self.n_phrases, size=n)
        captions = np.ravel_multi_index((named_class, named_style, phrase), self.caption_shape)
        return PairGraph.from_pairs(images, captions, left_labels=self.labels[images], right_labels=named_class)

    @property
    def caption_shape(self) -> tuple[int, int, int]:
        """Numbers of classes, styles (with one for none) and wordings that a caption can have."""
        return self.n_classes, self.n_styles + 1, self.n_phrases

    def caption_latents(self, captions: PairGraph) -> tuple[IntArray, ...]:
        """Class, style (`n_styles` if none) and wording of each right node of a caption graph, (n_right,) each."""
        return np.unravel_index(captions.right_ids.astype(np.int64), self.caption_shape)


def _jump_probability(barrier: float, strength: float) -> float:
    return math.exp(-barrier / strength) if strength > 0 else 0.0
