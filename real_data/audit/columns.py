"""Columns that are read of tables of pairs and of labels as others write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pairbounds.infrastructure.table_files import Layout, Piece, layout_of
from pairbounds.theory.graph.files import CLASSES, ENDS, WEIGHTS, first_of, known_ends, label_columns

IMAGES, CAPTIONS = (tuple(dict.fromkeys(names)) for names in zip(*ENDS, strict=True))
FLOATS = ("weight", "similarity")


@dataclass(frozen=True)
class Columns:
    """Names of the columns that hold images, captions, and so on; `None`: one of the names that are known.

    These are those of `pairbounds.theory.graph.files`, and for similarities, which only a rule of `what_if` reads,
    none.
    """

    image: str | None = None
    caption: str | None = None
    weight: str | None = None
    label: str | None = None
    similarity: str | None = None


BY_NAME = Columns()


@dataclass(frozen=True, eq=False)
class Table:
    """A table, and what the columns hold that are read of it, with their names."""

    layout: Layout
    columns: Mapping[str, str]

    def pieces(self) -> list[Piece]:
        """The parts that are read one by one."""
        return self.layout.pieces(self.columns, FLOATS)


def pair_table(path: Path, columns: Columns = BY_NAME) -> Table:
    """A table of pairs, a file or a folder of files of one format: image, caption, maybe weight and similarity."""
    layout = layout_of(path, header=True)
    names = layout.names
    ends = known_ends(names) if columns.image is None and columns.caption is None else None
    image, caption = ends or (columns.image, columns.caption)
    found = {"image": _required(path, names, "image", image, IMAGES)}
    found["caption"] = _required(path, names, "caption", caption, CAPTIONS)
    optional = {"weight": (columns.weight, WEIGHTS), "similarity": (columns.similarity, ())}
    for role, (given, known) in optional.items():
        name = first_of(names, known) if given is None else _required(path, names, role, given)
        if name is not None:
            found[role] = name
    return _table(layout, found)


def label_table(path: Path, columns: Columns = BY_NAME) -> Table:
    """A table of labels, image and label, by `label_columns`; its images may be called otherwise than in the pairs."""
    layout = layout_of(path, header=True)
    given = columns.label and _required(path, layout.names, "label", columns.label)
    image, label = label_columns(layout, given)
    return _table(layout, {"image": columns.image if columns.image in layout.names else image, "label": label})


def own_labels(pairs: Path, columns: Columns = BY_NAME) -> Path | None:
    """The table of pairs, if it has a column of labels itself: one that is named, or of a known name."""
    table = pair_table(pairs, columns)
    others = [name for name in table.layout.names if name not in table.columns.values()]
    return pairs if (columns.label or first_of(others, CLASSES)) is not None else None


def read_columns(pairs: Path, labels: Path | None, columns: Columns) -> dict[str, dict[str, object]]:
    """Columns of the tables that are read, by what they hold, and columns that are ignored."""
    found = {"pairs": pair_table(pairs, columns)}
    if labels is not None:
        found["labels"] = label_table(labels, columns)
    return {
        name: {**table.columns, "ignored": [one for one in table.layout.names if one not in table.columns.values()]}
        for name, table in found.items()
    }


def _required(path: Path, names: Sequence[str], role: str, given: str | None, known: Sequence[str] = ()) -> str:
    if given is None:
        found = first_of(names, known)
        if found is not None:
            return found
        raise ValueError(f"{path} has no column {role}, only {', '.join(names)}: name it with --{role}-col")
    if given not in names:
        raise ValueError(f"{path} has no column {given}, only {', '.join(names)}")
    return given


def _table(layout: Layout, found: Mapping[str, str]) -> Table:
    for role, name in found.items():
        twice = next((other for other in found if other != role and found[other] == name), None)
        if twice is not None:
            raise ValueError(f"column {name} of {layout.path} cannot hold both {role} and {twice}: name two columns")
    return Table(layout, found)
