"""Networks with random weights: for pictures small ones, timm's or CLIP's; for texts a bag of words or CLIP's."""

import itertools
import re
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import open_clip
import timm
import torch
from timm.models.resnet import BasicBlock, downsample_conv
from torch import nn

from pairbounds.infrastructure.files import replace_bytes
from pairbounds.real_data.encoders.open_clip import architecture

SMALL, STRIDED, WORDS, OPEN_CLIP = "small", "strided", "words", "open_clip/"
CHANNELS, STRIDED_CHANNELS = (16, 32, 64), (16, 32, 128)
ENCODER = "encoder.pt2"  # file of an exported network


def _small_resnet() -> nn.Module:
    """A residual network for pictures of 64 x 64: 16 x 16 after the stem, three blocks of 16, 32 and 64 channels.

    ResNet (He et al. 2016) with a stem of 3 x 3 and as many blocks as stages; 77,392 weights.
    """
    first = CHANNELS[0]
    return nn.Sequential(
        nn.Conv2d(3, first, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(first),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        BasicBlock(first, first),
        *(
            BasicBlock(fewer, more, stride=2, downsample=downsample_conv(fewer, more, 1, stride=2))
            for fewer, more in itertools.pairwise(CHANNELS)
        ),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def _strided_network() -> nn.Module:
    """Three convolutions of stride 2 for pictures of 24 x 24, and a layer of 128 features; 190,736 weights."""
    width = STRIDED_CHANNELS[-1]
    side = 3  # rows and columns of the last convolution
    kernels = 5, 3, 3
    convolutions: list[nn.Module] = []
    for (before, after), kernel in zip(itertools.pairwise((3, *STRIDED_CHANNELS)), kernels, strict=True):
        convolution = nn.Conv2d(before, after, kernel, stride=2, padding=kernel // 2, bias=False)
        convolutions += [convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
    return nn.Sequential(
        *convolutions,
        *(nn.AdaptiveAvgPool2d(side), nn.Flatten()),
        *(nn.Linear(width * side**2, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(inplace=True)),
    )


class Backbone(nn.Module):
    """A network without a classifier, with weights from torch's generator: (b, 3, s, s), bytes, to (b, width).

    `ValueError`: an unknown network.

    Parameters
    ----------
    name : "small", "strided", a network of timm, or "open_clip/NAME" for the image tower of a CLIP model

    Attributes
    ----------
    width : width of the features
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        network, self.width = _network(name)
        untyped: Any = network  # the types of PyTorch before 2.15 lack memory_format
        self.network: nn.Module = untyped.to(memory_format=torch.channels_last)
        for buffer, value in (("mean", timm.data.IMAGENET_DEFAULT_MEAN), ("deviation", timm.data.IMAGENET_DEFAULT_STD)):
            self.register_buffer(buffer, 255 * torch.tensor(value).view(1, 3, 1, 1), persistent=False)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """The features, (b, width)."""
        scaled = (pictures - self.mean) / self.deviation
        features: torch.Tensor = self.network(scaled.contiguous(memory_format=torch.channels_last))
        return features


class TextTower(nn.Module, ABC):
    """A network for texts, with the `width` of its features."""

    width: int

    @abstractmethod
    def tokens(self, texts: Sequence[str]) -> torch.Tensor:
        """Encode texts as rows of token numbers."""


class WordBag(TextTower):
    """Mean of a learned vector for each word of a text; words outside `texts` are ignored."""

    def __init__(self, texts: Iterable[str], width: int = 128) -> None:
        super().__init__()
        words = sorted({word for text in texts for word in _words(text)})
        self.width, self.rows = width, {word: row for row, word in enumerate(words, start=1)}
        self.vectors = nn.EmbeddingBag(len(words) + 1, width, mode="mean", padding_idx=0)

    def tokens(self, texts: Sequence[str]) -> torch.Tensor:
        """Rows of word numbers, padded with 0."""
        rows = [torch.tensor([self.rows.get(word, 0) for word in _words(text)] or [0]) for text in texts]
        return nn.utils.rnn.pad_sequence(rows, batch_first=True)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The features, (b, width)."""
        features: torch.Tensor = self.vectors(tokens)
        return features


class ClipText(TextTower):
    """The text tower of a CLIP model, with random weights."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self.network, self.tokenizer = _clip(model), open_clip.get_tokenizer(model)
        self.network.visual = None
        self.width = open_clip.get_model_config(model)["embed_dim"]

    def tokens(self, texts: Sequence[str]) -> torch.Tensor:
        """Rows of the model's tokens."""
        rows: torch.Tensor = self.tokenizer(list(texts))
        return rows

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The features, (b, width)."""
        features: torch.Tensor = self.network.encode_text(tokens)
        return features


def text_tower(name: str, texts: Iterable[str]) -> TextTower:
    """Text tower by name: "words" or "open_clip/NAME". `ValueError`: another name."""
    if name.startswith(OPEN_CLIP):
        return ClipText(name.removeprefix(OPEN_CLIP))
    if name != WORDS:
        raise ValueError(f"unknown text tower {name!r}: give {WORDS!r} or '{OPEN_CLIP}NAME'")
    return WordBag(texts)


def _network(name: str) -> tuple[nn.Module, int]:
    if name == SMALL:
        return _small_resnet(), CHANNELS[-1]
    if name == STRIDED:
        return _strided_network(), STRIDED_CHANNELS[-1]
    if name.startswith(OPEN_CLIP):
        model = name.removeprefix(OPEN_CLIP)
        return _clip(model).visual, open_clip.get_model_config(model)["embed_dim"]
    if name not in timm.list_models():
        raise ValueError(
            f"unknown backbone {name!r}: give {SMALL!r}, {STRIDED!r}, one of timm.list_models(), or '{OPEN_CLIP}NAME'"
        )
    network = timm.create_model(name, num_classes=0)
    return network, network.num_features


def _clip(model: str) -> Any:
    architecture(model)
    return open_clip.create_model(model, pretrained_text=False)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def export_encoder(backbone: Backbone, folder: Path, size: int) -> None:
    """Write the encoder into a folder, as a torch.export program with input bytes, (b, 3, size, size).

    `torch.export.load(path).module()` loads it. It normalises its input, is on the CPU, and is in evaluation mode.
    """
    network, pictures = deepcopy(backbone).cpu().eval(), torch.zeros(2, 3, size, size, dtype=torch.uint8)
    number = torch.export.Dim("pictures", min=1, max=2**31)
    with warnings.catch_warnings():
        # A harmless warning about weights that share no memory.
        warnings.filterwarnings("ignore", message="No complete tensor found", category=UserWarning)
        program = torch.export.export(network, (pictures,), dynamic_shapes=({0: number},))
        replace_bytes(folder / ENCODER, partial(torch.export.save, program))
