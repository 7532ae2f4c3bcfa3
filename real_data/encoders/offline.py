"""A dual encoder without downloads: contrastively trained linear heads on EfficientNet-Lite0 and MiniLM."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch.nn.functional import cross_entropy, normalize

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import FEATURES, Rows, content_key
from pairbounds.real_data.encoders.efficientnet import PIXELS, EfficientNet
from pairbounds.real_data.encoders.encoder import DualEncoder, unit_rows
from pairbounds.real_data.encoders.minilm import MiniLM

WIDTH, EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 512, 40, 512, 1e-3, 1e-4
TEMPERATURE, LARGEST_SCALE = 0.07, 100.0  # as in CLIP


def contrastive_loss(u: torch.Tensor, v: torch.Tensor, log_scale: torch.Tensor) -> torch.Tensor:
    """CLIP's loss for pairs of unit rows: cross-entropy of their scaled cosines in both directions."""
    scores = log_scale.exp().clamp(max=LARGEST_SCALE) * u @ v.T
    targets = torch.arange(len(u), device=u.device)
    return (cross_entropy(scores, targets) + cross_entropy(scores.T, targets)) / 2


@dataclass(frozen=True, eq=False)
class OfflineEncoder(DualEncoder):
    """Frozen features with a linear head for each side, (1280, width) and (384, width)."""

    images: EfficientNet
    texts: MiniLM
    image_head: FloatArray
    text_head: FloatArray
    key: str

    name, batch_size = "offline", EfficientNet.batch_size

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """See `LiveEncoder`."""
        return self.images.prepare(image)

    def embed(self, batch: torch.Tensor) -> Rows:
        """See `LiveEncoder`."""
        return _through(self.images.embed(batch), self.image_head)

    def text_rows(self, texts: Sequence[str]) -> Iterator[Rows]:
        """See `TextEncoder`."""
        for rows in self.texts.text_rows(texts):
            yield _through(rows, self.text_head)

    def encode_images(self, dataset: ImageTextDataset, cache: Path | None = FEATURES) -> FloatArray:
        """See `ImageEncoder`; the cache has the frozen features, which all heads share."""
        return unit_rows(self.images.encode_images(dataset, cache) @ self.image_head)

    def encode_texts(self, texts: Sequence[str], cache: Path | None = FEATURES) -> FloatArray:
        """See `TextEncoder` and `encode_images`."""
        return unit_rows(self.texts.encode_texts(texts, cache) @ self.text_head)


def _through(rows: Rows, head: FloatArray) -> Rows:
    features: Rows = (unit_rows(rows.astype(np.float64)) @ head).astype(np.float32)
    return features


def train_offline_encoder(
    dataset: ImageTextDataset,
    hidden: npt.ArrayLike,
    cache: Path | None = FEATURES,
    device: str = "auto",
    *,
    pixels: int = PIXELS,
) -> OfflineEncoder:
    """Train the heads on all captions except those of the images `hidden`, given by index, and of their concepts.

    Two images have the same concept if they have the same captions. Each epoch uses every concept once, with a random
    image and, with equal probability, its first caption or a random caption. The loss is CLIP's: symmetric
    cross-entropy in the batch, of cosine similarities over a learned temperature. `device` is the device of the frozen
    encoders, `pixels` the side of the input of the image encoder.

    `ValueError`: fewer than 2 concepts that are not hidden.
    """
    rng, concept = np.random.default_rng(0), _concepts(dataset)
    rng.permutation(int(concept.max()) + 1)  # unused draw, kept to reproduce published numbers
    training = np.flatnonzero(~np.isin(concept, concept[np.asarray(hidden)]))
    if len(np.unique(concept[training])) < 2:
        raise ValueError(f"{dataset}: fewer than two sets of captions are not hidden: hide fewer images")
    images, texts = _frozen(pixels, device)
    words, features, meanings = frozen_features(dataset, cache, device, pixels=pixels)
    row, numbers = {text: number for number, text in enumerate(words)}, _concepts(dataset.take(training))
    concepts = [np.flatnonzero(numbers == number) for number in range(int(numbers.max()) + 1)]
    captions = [[row[text] for text in dataset.captions[training[images[0]]]] for images in concepts]
    heads = _trained(features[training], meanings, list(zip(concepts, captions, strict=True)), rng)
    key = content_key(images.key, texts.key, *(head.tobytes().hex() for head in heads))
    return OfflineEncoder(images, texts, *heads, key)


def frozen_features(
    dataset: ImageTextDataset, cache: Path | None = FEATURES, device: str = "auto", *, pixels: int = PIXELS
) -> tuple[list[str], FloatArray, FloatArray]:
    """All captions, sorted, and frozen features: of all images, (n, 1280), and of the captions, (n_captions, 384).

    Hidden images are included, so every training shares the cache.
    """
    images, texts = _frozen(pixels, device)
    words = sorted({text for captions in dataset.captions for text in captions})
    return words, images.encode_images(dataset, cache), texts.encode_texts(words, cache)


@lru_cache(maxsize=1)
def _frozen(pixels: int, device: str) -> tuple[EfficientNet, MiniLM]:
    """The frozen encoders, cached; loading takes as long as a few epochs of training."""
    return EfficientNet(pixels=pixels, device=device), MiniLM(device=device)


def _concepts(dataset: ImageTextDataset) -> IntArray:
    """Index of each image's concept, (n,)."""
    numbers = {captions: number for number, captions in enumerate(dict.fromkeys(dataset.captions))}
    return np.array([numbers[captions] for captions in dataset.captions])


def _trained(
    pixels: FloatArray, meanings: FloatArray, concepts: Sequence[tuple[IntArray, list[int]]], rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Train both heads; `concepts` has the feature rows of the images and of the captions of each concept."""

    def drawn(concept: int) -> tuple[int, int]:
        images, texts = concepts[concept]
        image = int(images[rng.integers(len(images))])  # `rng.choice` gives the same draw, five times slower
        return image, texts[0] if rng.random() < 0.5 else texts[rng.integers(len(texts))]

    images, texts = (torch.from_numpy(rows).float() for rows in (pixels, meanings))
    generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
    heads = [
        torch.nn.Parameter(torch.randn(rows.shape[1], WIDTH, generator=generator) / rows.shape[1] ** 0.5)
        for rows in (images, texts)
    ]
    log_scale = torch.nn.Parameter(torch.tensor(-np.log(TEMPERATURE), dtype=torch.float32))
    optimizer = torch.optim.AdamW([*heads, log_scale], LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    for _ in range(EPOCHS):
        order = rng.permutation(len(concepts))
        for batch in np.array_split(order, -(-len(order) // BATCH)):
            image, text = np.array([drawn(concept) for concept in batch]).T
            u, v = (
                normalize(rows[chosen] @ head)
                for rows, chosen, head in ((images, image, heads[0]), (texts, text, heads[1]))
            )
            loss = contrastive_loss(u, v, log_scale)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
            optimizer.step()
    image_head, text_head = (head.detach().double().numpy() for head in heads)
    return image_head, text_head
