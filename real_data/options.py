"""Options that several commands share: which data set, which encoder, where, and with what kept."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pairbounds.real_data.kinds import KINDS

if TYPE_CHECKING:

    class Dataset(StrEnum):
        """The kinds of data sets that pairs can be compared on."""

else:
    Dataset = StrEnum("Dataset", {name: name for name in KINDS})


class Guide(StrEnum):
    """Guide of a rule of resampling."""

    encoder = "encoder"
    labels = "labels"
    random = "random"
    no_text = "no_text"
    captions = "captions"


class Numbers(StrEnum):
    """Number format that a network computes in."""

    float32 = "float32"
    bfloat16 = "bfloat16"


# Of every command that takes a data set.
Kind = Annotated[Dataset, typer.Option(help="The kind of data set.")]
AnyKind = Annotated[Dataset | None, typer.Option(help="The kind of data set; else emoji, or the recipe's.")]
Root = Annotated[
    Path | None, typer.Option(help="Folder of an imagefolder or `make data`; a table's file, or shards-{000..010}.tar.")
]
Classes = Annotated[int | None, typer.Option(help="Random classes of an imagefolder; else all.")]
Samples = Annotated[int | None, typer.Option(help="Random pictures of an imagefolder; else all.")]
Model = Annotated[str | None, typer.Option(help="An open_clip model; else an encoder is trained here.")]
Weights = Annotated[str, typer.Option(help="Weights of the model: a tag, a checkpoint, or random.")]
AnyWeights = Annotated[str | None, typer.Option(help="Weights of the model: a tag, a checkpoint, or random.")]
Device = Annotated[str, typer.Option(help="Where encoders run: auto, cpu or cuda.")]
Cache = Annotated[Path, typer.Option(help="Folder where features and views are kept.")]

# Of every command that trains encoders.
Seeds = Annotated[int, typer.Option(help="Splits and initial weights, how many; all are measured.")]
FirstSeed = Annotated[int, typer.Option(help="The first of the seeds.")]
TrainRoot = Annotated[Path | None, typer.Option(help="Labelled images that train: with --val-root, for --root.")]
ValRoot = Annotated[Path | None, typer.Option(help="Labelled images that judge, where they come apart.")]
EvalDataset = Annotated[Dataset | None, typer.Option(help="The kind of the images that judge, if it is another.")]
Size = Annotated[int | None, typer.Option(help="Pixels of the images; else 64, or the recipe's.")]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training images.")]
Iterations = Annotated[int | None, typer.Option(help="Steps in all, in place of epochs; --warmup is in steps then.")]
BatchSize = Annotated[int | None, typer.Option(help="Images in a step.")]
Backbone = Annotated[str | None, typer.Option(help="small, a network of timm, or open_clip/NAME.")]
Optimizer = Annotated[str | None, typer.Option(help="As timm names them: adamw, sgd, lars.")]
Momentum = Annotated[float | None, typer.Option(help="Of sgd and lars.")]
Decay = Annotated[float | None, typer.Option(help="Of weights.")]
Warmup = Annotated[int | None, typer.Option(help="Epochs in which the learning rate rises.")]
Temperature = Annotated[float | None, typer.Option(help="Of NT-Xent.")]
HeadWidth = Annotated[int | None, typer.Option(help="Of what NT-Xent compares.")]
HeadNorm = Annotated[bool | None, typer.Option("--head-norm/--no-head-norm", help="Batch norm in its head.")]
Precision = Annotated[Numbers | None, typer.Option(help="Of the network: bfloat16 is autocast.")]
GuidePrecision = Annotated[Numbers, typer.Option(help="Of the open_clip model that is the guide.")]
ViewCount = Annotated[int | None, typer.Option(help="Views of each image, drawn once; 0: new ones in every epoch.")]
Neighbours = Annotated[int | None, typer.Option(help="Of an image, whose most frequent class it gets.")]
CropIterations = Annotated[int | None, typer.Option(help="Steps of a linear classifier on crops; 0: there is none.")]
CropBatch = Annotated[int | None, typer.Option(help="Crops in each of them.")]
CropRate = Annotated[float | None, typer.Option("--crop-learning-rate", help="At its first step.")]
CropMomentum = Annotated[float | None, typer.Option(help="Of its SGD.")]
CropDecay = Annotated[float | None, typer.Option("--crop-weight-decay", help="Of its weights.")]
Drawers = Annotated[int, typer.Option(help="Processes that draw new views.")]
SideBySide = Annotated[int, typer.Option(help="Encoders side by side, of one thread each; -1: one on each core.")]
Throughput = Annotated[
    float | None, typer.Option(metavar="IMAGES_PER_S", help="Views that a device trains on: GPU-hours are told by it.")
]
