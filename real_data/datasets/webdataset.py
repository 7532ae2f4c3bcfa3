"""Pictures in tar files in WebDataset format: `KEY.jpg`, `KEY.cls` and `KEY.txt` are one image.

The webdataset package reads shards sequentially. Here images are needed in any order, and some are held out. So the
offset of each picture in its shard is indexed once, and pictures are read on demand.
"""

import tarfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
from braceexpand import braceexpand
from webdataset.tariterators import group_by_keys

from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.manifest import inspected
from pairbounds.real_data.datasets.picture_files import SUFFIXES, Member, open_picture

PICTURES = tuple(sorted(suffix.removeprefix(".") for suffix in SUFFIXES))
LABEL, CAPTION = "cls", "txt"


class Row(NamedTuple):
    """An image of a shard; `reason` is the reason why its picture cannot be read, or empty."""

    name: str
    offset: int
    length: int
    label: str
    captions: list[str]
    digest: str
    reason: str


def webdataset(shards: str, size: int | None = None, cache: Path | None = None) -> ImageTextDataset:
    """The images of tar files, each with a picture, a class in `KEY.cls`, and captions in the lines of `KEY.txt`.

    An image without captions gets "a photo of a CLASS.". Other files are ignored, and unreadable pictures are skipped.

    `ValueError`: unclosed braces; a shard that is compressed or not a tar file; an image without a class, with two
    pictures, twice in one shard, or in two shards of the same name; no readable picture.
    `FileNotFoundError`: no such shard.

    Parameters
    ----------
    shards : the file, or several by braces: "shards-{000..010}.tar"
    size : pixels along a side, from the centre of each picture; by default the original size
    cache : folder with an index of the shards, so that later starts read changed shards only; by default all are read
    """
    try:
        paths = [Path(name) for name in braceexpand(str(shards))]
    except ValueError as error:
        raise ValueError(f"shards {shards}: close the braces") from error
    for path in paths:
        require_file(path, "shard")
    rows = [(path, row) for path in Bar(paths, desc="shards") for row in _indexed(path, cache)]
    readable = [(path, row) for path, row in rows if not row.reason]
    skipped = tuple(row.reason for _, row in rows if row.reason)
    if not readable:
        why = f": {skipped[0]}" if skipped else ""
        raise ValueError(f"shards {shards}: none of {len(rows)} pictures can be read{why}")
    label_names = tuple(sorted({row.label for _, row in readable}, key=_in_order))
    number_of = {name: number for number, name in enumerate(label_names)}
    ids = tuple(f"{path.name}/{row.name}" for path, row in readable)
    _require_distinct(ids, shards)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}  # images with equal captions share one tuple, to save memory
    captions = [tuple(row.captions) for _, row in readable]
    return ImageTextDataset(
        name="webdataset",
        ids=ids,
        files=tuple(Member(path, row.name, row.offset, row.length) for path, row in readable),
        digests=tuple(row.digest for _, row in readable),
        captions=tuple(shared.setdefault(texts, texts) for texts in captions),
        labels=np.array([number_of[row.label] for _, row in readable]),
        label_names=label_names,
        size=size,
        licence="the shards' own",
        attribution="the shards' own",
        skipped=skipped,
    )


def _require_distinct(ids: tuple[str, ...], shards: str) -> None:
    """Raise `ValueError` if two ids, `SHARD.tar/IMAGE`, are equal: shards of one name in different folders."""
    repeated = next((name for name, count in Counter(ids).items() if count > 1), None)
    if repeated is not None:
        shard, _, image = repeated.partition("/")
        raise ValueError(
            f"shards {shards}: two shards named {shard} contain the image {image}. Rename one of the shards, or list "
            "each shard once."
        )


def _in_order(label: str) -> tuple[bool, int, str]:
    """Sort key of class names: text in alphabetical order, then numbers by value."""
    return label.isdecimal(), int(label) if label.isdecimal() else 0, label


def _indexed(shard: Path, cache: Path | None) -> list[Row]:
    """Rows of a shard, from its index in `cache` if the shard has not changed."""
    ((_, rows),) = inspected(shard, ["."], _rows, cache)
    return [Row(*row) for row in rows]


def _rows(shard: Path) -> list[Row]:
    threads = joblib.Parallel(n_jobs=-1, prefer="threads")
    return list(threads(joblib.delayed(_checked)(shard, row) for row in _samples(shard)))


def _samples(shard: Path) -> Iterator[Row]:
    """Rows of a shard's images, before `_checked` opens their pictures."""
    try:
        with tarfile.open(shard, "r:") as archive:
            files = [member for member in archive if member.isfile()]
        grouped = list(group_by_keys({"fname": file.name, "data": file, "__url__": str(shard)} for file in files))
    except (tarfile.TarError, ValueError, EOFError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"shard {shard} is not a tar file, is compressed, or contains an image twice: {reason}"
        ) from error
    for sample in grouped:
        pictures = [sample[suffix] for suffix in PICTURES if suffix in sample]
        if not pictures:
            continue
        key = sample["__key__"]
        if len(pictures) > 1 or LABEL not in sample:
            counts = f"{len(pictures)} pictures and {int(LABEL in sample)} classes ({key}.{LABEL})"
            raise ValueError(f"shard {shard}: image {key} has {counts}; it needs one of each")
        label, text = (_text(shard, sample.get(suffix)) for suffix in (LABEL, CAPTION))
        captions = list(filter(None, map(str.strip, text.splitlines()))) or [f"a photo of a {label}."]
        yield Row(pictures[0].name, pictures[0].offset_data, pictures[0].size, label, captions, "", "")


def _text(shard: Path, member: tarfile.TarInfo | None) -> str:
    if member is None:
        return ""
    content = Member(shard, member.name, member.offset_data, member.size).read()
    try:
        return content.decode().strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"shard {shard}: {member.name} is not UTF-8 text") from error


def _checked(shard: Path, row: Row) -> Row:
    member = Member(shard, row.name, row.offset, row.length)
    try:
        open_picture(member, None)
    except ValueError as error:
        return row._replace(reason=str(error))
    return row._replace(digest=sha256(member.read()).hexdigest())
