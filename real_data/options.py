"""Options that several commands share: which data set, which encoder, where, and with what kept."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Dataset(StrEnum):
    """The kinds of data sets that pairs can be compared on."""

    emoji = "emoji"
    imagefolder = "imagefolder"
    table = "table"
    webdataset = "webdataset"


class Pretraining(StrEnum):
    """What an encoder is pretrained with: captions or augmentations."""

    clip = "clip"
    simclr = "simclr"


class Numbers(StrEnum):
    """What a network computes in."""

    float32 = "float32"
    bfloat16 = "bfloat16"


# Of every command that takes a data set.
Kind = Annotated[Dataset, typer.Option(help="The kind of data set.")]
Root = Annotated[Path | None, typer.Option(help="An imagefolder's folder, a table's file, or shards-{000..010}.tar.")]
Classes = Annotated[int | None, typer.Option(help="Random classes of an imagefolder; else all.")]
Samples = Annotated[int | None, typer.Option(help="Random pictures of an imagefolder; else all.")]
Model = Annotated[str | None, typer.Option(help="An open_clip model; else an encoder is trained here.")]
Weights = Annotated[str, typer.Option(help="Weights of the model: a tag, a checkpoint, or random.")]
Device = Annotated[str, typer.Option(help="Where encoders run: auto, cpu or cuda.")]
Cache = Annotated[Path, typer.Option(help="Folder where features and views are kept.")]

# Of every command that trains encoders.
Seeds = Annotated[int, typer.Option(help="Splits and initial weights; all are measured.")]
Size = Annotated[int, typer.Option(help="Pixels of the images.")]
Epochs = Annotated[int, typer.Option(help="Passes over the training images.")]
BatchSize = Annotated[int, typer.Option(help="Images in a step.")]
Backbone = Annotated[str, typer.Option(help="small, a network of timm, or open_clip/NAME.")]
Optimizer = Annotated[str, typer.Option(help="As timm names them: adamw, sgd, lars.")]
Decay = Annotated[float, typer.Option(help="Of weights.")]
Warmup = Annotated[int, typer.Option(help="Epochs in which the learning rate rises.")]
Precision = Annotated[Numbers, typer.Option(help="Of the network: bfloat16 is autocast.")]
GuidePrecision = Annotated[Numbers, typer.Option(help="Of the open_clip model that is the guide.")]
ViewCount = Annotated[int, typer.Option(help="Views of each image, drawn once; 0: new ones in every epoch.")]
Drawers = Annotated[int, typer.Option(help="Processes that draw new views.")]
SideBySide = Annotated[int, typer.Option(help="Encoders side by side, of one thread each; -1: one on each core.")]
