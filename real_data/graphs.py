"""Graphs of data sets (images and captions) and of features, for `pairbounds graph`."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.files import content_key
from pairbounds.real_data.emoji_concepts import Labels, emoji_graph
from pairbounds.real_data.image_settings import KINDS, ImageSettings
from pairbounds.sweeps.graphs import GraphSource
from pairbounds.theory.graph.graph_files import read_features
from pairbounds.theory.graph.pair_graph import PairGraph

TOP_K = 32  # default number of texts of an image: see docs/how_to/features.md


@dataclass(frozen=True)
class Emoji:
    """The emoji, from installed packages.

    Attributes
    ----------
    labels : the classes of the images, "category" or "subcategory"
    """

    labels: Labels = "category"


@dataclass(frozen=True)
class DataSet:
    """A data set on disk.

    Attributes
    ----------
    root : folder of an imagefolder or of `make data`, or file of a table
    classes, samples : number of random classes and pictures of an imagefolder; by default all
    columns, label_table : of a table: names of its columns of images and captions, and a table of labels
    """

    root: str | None = None
    classes: int | None = None
    samples: int | None = None
    columns: tuple[str, ...] = ()
    label_table: str | None = None


@dataclass(frozen=True)
class Features:
    """Features of images and of texts, of equal width.

    Attributes
    ----------
    images, texts : file of features: .npy with one row each, .npz with `features` and `ids`, or a table
    top_k : number of texts kept for each image; by default 32, or all if there are fewer
    temperature : of the softmax; by default the standard deviation of an image's cosines to all texts
    """

    images: str = ""
    texts: str = ""
    top_k: int | None = None
    temperature: float | None = None

    @classmethod
    def completed_settings(cls, values: Mapping[str, Any], given: Collection[str]) -> dict[str, Any]:  # noqa: ARG003 - shared signature
        """Fill in missing values of top_k and temperature from the features."""
        if not (values.get("images") and values.get("texts")):
            raise ValueError("graph features needs two files: give `images=images.npy` and `texts=texts.npy`")
        from pairbounds.theory.graph.neighbours import cosine_spread

        images, texts = (read_features(Path(values[side]))[0] for side in ("images", "texts"))
        chosen: dict[str, Any] = {"top_k": min(TOP_K, len(texts))} | dict(values)
        return chosen if "temperature" in values else chosen | {"temperature": cosine_spread(images, texts)}

    def graph(self) -> PairGraph:
        """Graph that pairs each image with the texts of the largest cosines."""
        (images, left_ids), (texts, right_ids) = (read_features(Path(side)) for side in (self.images, self.texts))
        chosen: dict[str, Any] = {"temperature": self.temperature, "top_k": self.top_k}
        return PairGraph.from_features(images, texts, **chosen, left_ids=left_ids, right_ids=right_ids)


def _source(kind: str) -> GraphSource:
    def images(settings: DataSet) -> ImageSettings:
        return ImageSettings(kind, **asdict(settings))

    def make(settings: DataSet, _: int) -> PairGraph:
        from pairbounds.real_data.caption_graphs import caption_graph  # pictures take seconds to import

        return caption_graph(images(settings).images())

    description = f"images and captions of the data set {kind}"
    return GraphSource(description, DataSet, make, lambda settings: images(settings).input_keys())


GRAPHS = {kind: _source(kind) for kind in KINDS} | {
    "emoji": GraphSource(
        "emoji pictures in two styles, and their names and keywords",
        Emoji,
        lambda settings, _: emoji_graph(settings.labels),
    ),
    "features": GraphSource(
        "each image with the texts nearest to it, by features of both",
        Features,
        lambda settings, _: settings.graph(),
        lambda settings: {side: content_key(Path(side)) for side in (settings.images, settings.texts)},
        lambda settings: f"; top_k = {settings.top_k}, temperature = {settings.temperature:.4g}",
    ),
}
