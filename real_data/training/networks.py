"""Networks for pictures with random weights: a small one, timm's, or the image tower of CLIP."""

import itertools
import warnings
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

SMALL, OPEN_CLIP = "small", "open_clip/"
CHANNELS = 16, 32, 64
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


class Backbone(nn.Module):
    """A network without a classifier, with weights from torch's generator: (b, 3, s, s), bytes, to (b, width).

    Its name is "small", that of a network of timm, or "open_clip/NAME" for the image tower of a CLIP model; others
    raise `ValueError`.
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


def _network(name: str) -> tuple[nn.Module, int]:
    if name == SMALL:
        return _small_resnet(), CHANNELS[-1]
    if name.startswith(OPEN_CLIP):
        model = name.removeprefix(OPEN_CLIP)
        architecture(model)
        network = open_clip.create_model(model, pretrained_text=False).visual
        return network, open_clip.get_model_config(model)["embed_dim"]
    if name not in timm.list_models():
        raise ValueError(f"unknown backbone {name!r}: give {SMALL!r}, one of timm.list_models(), or '{OPEN_CLIP}NAME'")
    network = timm.create_model(name, num_classes=0)
    return network, network.num_features


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
