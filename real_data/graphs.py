"""The graphs of data sets, images and their captions, for `pairbounds graph`."""

from dataclasses import asdict, dataclass

from pairbounds.real_data.emoji_concepts import Labels, emoji_graph
from pairbounds.real_data.image_settings import ImageSettings
from pairbounds.real_data.kinds import KINDS
from pairbounds.sweeps.graphs import GraphSource
from pairbounds.theory.graph.pair_graph import PairGraph


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
    root : folder of an imagefolder or of `make data`, the file of a table, or shards as shards-{000..010}.tar
    classes, samples : number of random classes and pictures of an imagefolder; by default all
    """

    root: str | None = None
    classes: int | None = None
    samples: int | None = None


def _source(kind: str) -> GraphSource:
    def images(settings: DataSet) -> ImageSettings:
        return ImageSettings(kind, **asdict(settings))

    def make(settings: DataSet, _: int) -> PairGraph:
        from pairbounds.real_data.caption_graphs import caption_graph  # pictures take seconds to import

        return caption_graph(images(settings).images())

    about = f"images and captions of the data set {kind}"
    return GraphSource(about, DataSet, make, lambda settings: images(settings).input_keys())


GRAPHS = {kind: _source(kind) for kind in KINDS} | {
    "emoji": GraphSource(
        "emoji pictures in two styles, and their names and keywords",
        Emoji,
        lambda settings, _: emoji_graph(settings.labels),
    )
}
