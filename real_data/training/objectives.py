"""What an encoder is trained for: views, captions or labels. Each is a loss of a batch, with the heads it needs."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import scipy.sparse as sp
import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.resampling import caption_guide, label_guide, random_guide, resampled_nt_xent
from pairbounds.real_data.resampling.gathering import gather_rows
from pairbounds.real_data.training.distributed import each_a_share, own_part
from pairbounds.real_data.training.networks import TextTower, text_tower
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.views import Batch, whole

if TYPE_CHECKING:
    from pairbounds.real_data.training.runs import Run, Studio

ENCODER, LABELS, RANDOM, NO_TEXT, CAPTIONS = "encoder", "labels", "random", "no_text", "captions"
GUIDES = (ENCODER, LABELS, RANDOM)
EVERY_GUIDE = (*GUIDES, NO_TEXT, CAPTIONS)
SEEING = (ENCODER, NO_TEXT)  # those that embed the views themselves
SHARED = 128  # width of the space of images and texts
FIRST_TEMPERATURE, LARGEST_SCALE = 0.07, 100.0  # CLIP's

Guide = Callable[[Batch, np.random.Generator], torch.Tensor]


class Objective(nn.Module, ABC):
    """A loss of a batch of features, differentiable in them and in the weights of its heads.

    Attributes
    ----------
    views : of each image in a batch, 1 or 2
    seconds : of one core for an image of 64 pixels that the small network sees once; none where nobody has timed it.
        Those here are means of the 180 encoders of results/resampled_training.parquet and results/pretraining.parquet,
        each of 175 steps of 256 images.
    labelled : whether it knows the classes of the images that train
    """

    views: ClassVar[int]
    seconds: ClassVar[float | None] = None
    labelled: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def of(cls, run: "Run", studio: "Studio", width: int) -> "Objective":
        """The objective of a run, for features of that width."""

    @abstractmethod
    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """The loss; `features` are those of the batch's pictures, (views B, width)."""


class TwoViews(Objective):
    """SimCLR, its positives and negatives resampled by a guide: NT-Xent of projected features.

    Parameters
    ----------
    width : of the features
    rule, options : as `pairbounds.real_data.resampling.resampled_nt_xent` has them; "none" is SimCLR
    guide : embeds the views of a batch, (2B, g)
    head : as `projection_head` makes one; by default one of 64 columns
    """

    views, seconds = 2, 1.15e-3

    def __init__(
        self,
        width: int,
        temperature: float,
        rule: str,
        guide: Guide,
        options: dict[str, object] | None = None,
        head: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.head = projection_head(width, Recipe.head_width) if head is None else head
        self.temperature, self.rule, self.guide, self.options = temperature, rule, guide, options or {}

    @classmethod
    def of(cls, run: "Run", studio: "Studio", width: int) -> "TwoViews":
        """See `Objective`."""
        options: dict[str, object] = {"published": True} if run.published else {}
        head = projection_head(width, run.recipe.head_width, norm=run.recipe.head_norm)
        return cls(width, run.recipe.temperature, run.rule, guide_of(run, studio), options, head)

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """See `Objective`."""
        guide = self.guide(whole(batch), rng).to(features.device)
        z = gather_rows(self.head(features), self.views)
        return resampled_nt_xent(z, guide, rule=self.rule, temperature=self.temperature, **self.options)


def projection_head(width: int, projected: int, *, norm: bool = False) -> nn.Module:
    """What NT-Xent compares of features, (b, width) to (b, projected): two layers.

    Parameters
    ----------
    norm : SimCLR's head: no biases, batch norm after both layers, the second one without a shift
        Batch norm is over both views together.
    """
    first, second = (nn.Linear(width, columns, bias=not norm) for columns in (width, projected))
    if not norm:
        return nn.Sequential(first, nn.ReLU(inplace=True), second)
    last = nn.BatchNorm1d(projected)
    last.bias.requires_grad = False
    return nn.Sequential(first, nn.BatchNorm1d(width), nn.ReLU(inplace=True), second, last)


class ImageText(Objective):
    """CLIP: each image with one of its captions, drawn evenly; symmetric InfoNCE with a learned temperature.

    Parameters
    ----------
    width : of the features
    captions : of each image of the data set
    tower : of texts, trained too
    """

    views, seconds = 1, 5.0e-4

    def __init__(self, width: int, captions: Sequence[tuple[str, ...]], tower: TextTower) -> None:
        super().__init__()
        self.captions, self.tower = captions, tower
        self.image_head, self.text_head = nn.Linear(width, SHARED), nn.Linear(tower.width, SHARED)
        self.log_scale = nn.Parameter(torch.tensor(-np.log(FIRST_TEMPERATURE), dtype=torch.float32))

    @classmethod
    def of(cls, run: "Run", studio: "Studio", width: int) -> "ImageText":
        """See `Objective`."""
        captions = studio.source.dataset.captions
        texts = {text for image in studio.split(run.seed).encoder for text in captions[image]}
        return cls(width, captions, text_tower(run.text, texts))

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """See `Objective`."""
        images = whole(batch).images
        texts = [self.captions[image][rng.integers(len(self.captions[image]))] for image in images]
        u, v = (gather_rows(rows, 1) for rows in (self.images(features), self.texts(own_part(texts))))
        scores = each_a_share(self.log_scale).exp().clamp(max=LARGEST_SCALE) * u @ v.T
        own = torch.arange(len(texts), device=features.device)
        return (cross_entropy(scores, own) + cross_entropy(scores.T, own)) / 2

    def images(self, features: torch.Tensor) -> torch.Tensor:
        """Features of images in the space of both, (b, SHARED), rows of unit length."""
        return normalize(self.image_head(features))

    def texts(self, texts: Sequence[str]) -> torch.Tensor:
        """Texts in the space of both, (b, SHARED), rows of unit length."""
        tokens = self.tower.tokens(texts).to(self.log_scale.device)
        return normalize(self.text_head(self.tower(tokens)))


class Supervised(Objective):
    """Cross-entropy of a linear classifier: what labels would have made of the same network and views."""

    views, seconds, labelled = 1, 5.5e-4, True

    def __init__(self, width: int, labels: IntArray) -> None:
        super().__init__()
        self.labels, self.head = labels, nn.Linear(width, int(labels.max()) + 1)

    @classmethod
    def of(cls, run: "Run", studio: "Studio", width: int) -> "Supervised":  # noqa: ARG003 - shared signature
        """See `Objective`."""
        return cls(width, studio.classes)

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG002 - shared signature
        """See `Objective`."""
        scores, labels = gather_rows(self.head(features), 1), torch.from_numpy(self.labels[whole(batch).images])
        return cross_entropy(scores, labels.to(features.device))


OBJECTIVES: Mapping[str, type[Objective]] = {"supervised": Supervised, "simclr": TwoViews, "clip": ImageText}


def guide_of(run: "Run", studio: "Studio") -> Guide:
    """The guide of a run's rule."""
    if run.guide == LABELS:
        return oracle_guide(studio.classes)
    if run.guide == CAPTIONS:
        return exact_guide(studio.source.dataset.captions)
    if run.seen_by:
        return half_guide if run.published else seen_guide
    return blind_guide


def seen_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG001 - shared signature
    """The guide that embeds each view: CLIP's image encoder, say.

    Raises
    ------
    ValueError
        The batches come from a source without one.
    """
    if batch.seen is None:
        raise ValueError("the views were drawn without a guide: give their source one")
    return batch.seen


def half_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
    """The same in half precision, as the published code has it; errors as in `seen_guide`."""
    return seen_guide(batch, rng).half()


def blind_guide(batch: Batch, rng: np.random.Generator) -> torch.Tensor:
    """The control that knows nothing."""
    return random_guide(2 * len(batch.images), rng)


def oracle_guide(labels: IntArray) -> Guide:
    """The control that knows the labels."""
    return lambda batch, rng: label_guide(np.tile(labels[batch.images], 2), rng)


def exact_guide(captions: Sequence[tuple[str, ...]]) -> Guide:
    """The control that reads no picture: images are as similar as their captions are the same."""
    column = {text: number for number, text in enumerate(dict.fromkeys(text for own in captions for text in own))}
    rows = np.repeat(np.arange(len(captions)), [len(own) for own in captions])
    columns = np.array([column[text] for own in captions for text in own])
    has = sp.coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(captions), len(column))).tocsr()
    return lambda batch, rng: caption_guide(has[np.tile(batch.images, 2)], rng)
