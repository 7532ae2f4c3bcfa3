"""Options that several commands share: which data set, which encoder, where, and with what kept."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theory.infrastructure import ownership

if TYPE_CHECKING:
    from real_data.pairings.sources import Source


class Dataset(StrEnum):
    """The kinds of data sets that pairs can be compared on."""

    emoji = "emoji"
    imagefolder = "imagefolder"
    table = "table"


FEATURES_KEPT = "{} is as it was; encoded features are kept, and the same command starts from them"

# Options of every command that takes a data set.
Kind = Annotated[Dataset, typer.Option(help="The kind of data set.")]
Root = Annotated[Path | None, typer.Option(help="The imagefolder's folder, or the table's file.")]
Classes = Annotated[int | None, typer.Option(help="Random classes of an imagefolder; else all.")]
Samples = Annotated[int | None, typer.Option(help="Random pictures of an imagefolder; else all.")]
Model = Annotated[str | None, typer.Option(help="An open_clip model; else an encoder is trained here.")]
Weights = Annotated[str, typer.Option(help="Weights of the model: a tag, a checkpoint, or random.")]
Device = Annotated[str, typer.Option(help="Where encoders run: auto, cpu or cuda.")]
Cache = Annotated[Path, typer.Option(help="Folder where features and views are kept.")]


def dataset_options(
    dataset: Dataset, root: Path | None, size: int | None, classes: int | None, samples: int | None
) -> dict[str, Any]:
    """What the data set is built with."""
    options: dict[str, Any] = {"size": size or (96 if dataset is Dataset.emoji else 224)}
    if dataset is not Dataset.emoji:
        if root is None:
            raise ValueError(f"data set {dataset.value} needs --root: where is it?")
        options["folder" if dataset is Dataset.imagefolder else "path"] = root
    drawn = {name: value for name, value in {"classes": classes, "samples": samples}.items() if value is not None}
    if drawn and dataset is not Dataset.imagefolder:
        raise ValueError(f"--{' and --'.join(drawn)}: only an imagefolder is drawn from")
    return options | drawn


def named_inputs(dataset: Dataset, root: Path | None, pretrained: str) -> list[Path]:
    """The files that are read because they were named: a table of pictures, a checkpoint."""
    table = [root] if dataset is Dataset.table and root is not None else []
    return [*table, *([Path(pretrained)] if Path(pretrained).is_file() else [])]


def claim_tables(out: Path, names: Iterable[str], inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Claim the tables that a command will write into a folder, as Parquet; see `ownership.claim`."""
    tables = [part for name in names for part in ownership.table(out / f"{name}.parquet")]
    ownership.claim(tables, inputs, force=force)


def chosen_source(
    dataset: Dataset, options: dict[str, Any], model: str | None, pretrained: str, device: str, cache: Path
) -> tuple["Source", dict[str, object]]:
    """The data set with the encoders that it takes, and what a sidecar says of them."""
    from real_data.pairings.sources import source  # encoders take seconds to import
    from real_data.datasets import DATASETS
    from real_data.encoders.open_clip import OpenClip

    chosen = DATASETS[dataset.value](**options)
    encoder = None if model is None else OpenClip(model, pretrained, device=device)
    name = f"{model}, {pretrained}" if model else "offline"
    about: dict[str, object] = {"dataset": repr(chosen), "key": chosen.key, "size": chosen.size, "encoder": name}
    return source(chosen, cache, encoder=encoder, device=device), about
