"""A data set of coloured pictures, and an encoder of colours and their names."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import digest
from pairbounds.real_data.encoders.encoder import DualEncoder, ImageEncoder
from pairbounds.real_data.pairings.sources import Source

COLOURS = {"red": (220, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 220), "yellow": (220, 220, 40)}
SUBJECTS, PIXELS, FRAME = 14, 24, 4  # of each colour; of each picture, and of the white around it


class RowEncoder(DualEncoder):
    """Mean colour of a picture, or colour named by a text; a bit of texture makes pictures differ."""

    name = key = "image_encoder"

    def image_rows(self, dataset: ImageTextDataset) -> Iterator[np.ndarray]:
        for index in range(len(dataset)):
            yield self.embed(self.prepare(dataset.image(index))[None])

    def prepare(self, image: Image.Image) -> torch.Tensor:
        return torch.from_numpy(np.asarray(image, dtype=np.float32) / 255)

    def embed(self, batch: torch.Tensor) -> np.ndarray:
        return torch.column_stack([batch.mean((1, 2)), 0.3 * batch[:, 4:8, 4:8].mean((1, 2, 3))]).numpy()

    def text_rows(self, texts: Sequence[str]) -> Iterator[np.ndarray]:
        for text in texts:
            yield np.append(np.array(COLOURS[text.split()[0]]) / 255, 0.1)[None].astype(np.float32)


class Texture(ImageEncoder):
    """An evaluator of differences along a row."""

    name = key = "texture"

    def image_rows(self, dataset: ImageTextDataset) -> Iterator[np.ndarray]:
        for index in range(len(dataset)):
            yield 1 + np.abs(np.diff(np.asarray(dataset.image(index), dtype=np.float32)[8].ravel()))[None]


def coloured(folder: Path) -> ImageTextDataset:
    """Two pictures of each of 14 things of each of four colours: their captions are the colour and the thing."""
    rng = np.random.default_rng(0)
    ids, files, captions, labels = [], [], [], []
    for label, (name, colour) in enumerate(COLOURS.items()):
        for subject in range(SUBJECTS):
            for style in ("flat", "rough"):
                pixels = np.array(colour) + rng.normal(0, 12 if style == "flat" else 40, (PIXELS, PIXELS, 3))
                for rim in (slice(FRAME), slice(-FRAME, None)):
                    pixels[rim] = pixels[:, rim] = 255
                path = folder / f"{style}-{name}-{subject}.png"
                Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
                ids.append(f"{style}/{name}-{subject}")
                files.append(path)
                captions.append((f"{name} thing", f"{name} number {subject}"))
                labels.append(label)
    label_sets = {"colour": np.array(labels), "greenish": np.isin(labels, [1, 3]).astype(np.int64)}
    return ImageTextDataset(
        "coloured", tuple(ids), tuple(files), tuple(map(digest, files)), tuple(captions), np.array(labels),
        tuple(COLOURS), PIXELS,
        label_sets=label_sets, class_names={"colour": tuple(COLOURS)},
        subjects=tuple(name.partition("/")[2] for name in ids),
    )  # fmt: skip


def coloured_source(folder: Path) -> Source:
    """Source with two label sets: the colour, and whether it is greenish."""
    return Source(coloured(folder), lambda _: RowEncoder(), Texture(), None)
