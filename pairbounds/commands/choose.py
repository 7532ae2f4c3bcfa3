"""The command `choose`: choose training pairs, or features, from few labelled images."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pairbounds.infrastructure.checks import parsed_widths
from pairbounds.infrastructure.commandline import Force, Json, echo, print_json, print_table
from pairbounds.infrastructure.devices import weights_in
from pairbounds.infrastructure.files import Output, disagrees, require_output_path, require_safe_outputs, table_outputs
from pairbounds.infrastructure.pictures import METADATA, picture_output, save_picture
from pairbounds.infrastructure.reading import is_table, table_file
from pairbounds.infrastructure.tables import TABLE_SUFFIXES, printed_outputs, write_output
from pairbounds.theory.graph.formats import is_graph
from pairbounds.theory.graph.graph_files import known_ends, label_columns, read_features, read_graph, read_labels
from pairbounds.theory.questions.candidates import Candidate
from pairbounds.theory.questions.choice_table import TEXTS, readable
from pairbounds.theory.questions.choosing import Choice
from pairbounds.theory.questions.choosing import choose as chosen
from pairbounds.theory.questions.pair_choice import FINISHED, MEASURES, RULE

FILES_HELP = (
    "Two or more, FILE or NAME=FILE. Pairs: a format of `check`. Features: .npy by row; .pt with a tensor; a table "
    "with ids; .npz with `features` and `ids`."
)
LABELS_HELP = "Table: image (for .npy and .pt the row, from 0), label; for images from `--next` also probability."
RANDOM_HELP = "The labelled images were drawn without regard to their class."
BALANCED_HELP = "They were drawn class by class. Table of label and share: share of the class in all images."
BY_HELP = f"For pairs: the measure for the ranking: {', '.join(MEASURES)}."
THROUGH_HELP = "For pairs: features of the images, for the optimum of an encoder linear in them."
OUT_HELP = "Also write the table: .csv, .parquet or .tex. An interrupted choice of pairs resumes."
NEXT_HELP = "Write N images to label next to a table (.csv or .parquet): image, probability."
FOR_HELP = "For features: also bound the 0-1 error of a probe with N labels."


def choose(
    files: Annotated[list[str], typer.Argument(metavar="CANDIDATE...", help=FILES_HELP)],
    labels: Annotated[Path, typer.Option(help=LABELS_HELP)],
    k: Annotated[
        str, typer.Option(metavar="K|K,K", help="Width of the embedding; several widths for features.")
    ] = "32",
    random: Annotated[bool, typer.Option("--random", help=RANDOM_HELP)] = False,
    balanced: Annotated[Path | None, typer.Option(metavar="SHARES", help=BALANCED_HELP)] = None,
    by: Annotated[str, typer.Option(metavar="MEASURE", help=BY_HELP)] = RULE,
    through: Annotated[Path | None, typer.Option(metavar="X.npz", help=THROUGH_HELP)] = None,
    n_labels: Annotated[int | None, typer.Option("--for", metavar="N", help=FOR_HELP)] = None,
    next_images: Annotated[str | None, typer.Option("--next", metavar="FILE:N", help=NEXT_HELP)] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the intervals: .png, .pdf, .svg.")] = None,
    out: Annotated[Path | None, typer.Option(help=OUT_HELP)] = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Choose training pairs, or features, from the labels of a few images.

    Features (layers, checkpoints, widths) are compared by the leave-one-out error of a ridge probe, pairs by their
    consistency. The confidence intervals of the differences hold simultaneously, at a nominal 95%. With fewer than 100
    labels there is no verdict. Examples:

    pairbounds choose layer9.npy layer12.npy --labels hundred.csv --random --k 16,32

    pairbounds choose captions.parquet tags.parquet --labels hundred.csv --random --next next.csv:20
    """
    if random == (balanced is not None):
        options = "--random, or --balanced SHARES.csv if they were drawn by class"
        raise ValueError(f"the sampling of labelled images is missing: give {options}")
    paths = dict(map(_named_file, files))
    if len(paths) < len(files):
        raise ValueError("two candidates have the same name: write NAME=FILE")
    next_table, next_count = (None, 0) if next_images is None else _table_and_number(next_images)
    require_safe_outputs(_outputs(out, plot, next_table), [*paths.values(), labels, balanced, through], force=force)
    choice = chosen(
        {name: _candidate(path) for name, path in paths.items()},
        _classes(labels),
        parsed_widths(k),
        shares=None if balanced is None else _shares(balanced),
        n_labels=n_labels,
        through=None if through is None else _candidate(through),
        by=by,
        finished=None if out is None else _finished(out),
        probabilities=_probabilities(labels),
    )
    settings = {"k": k, "labels": labels, "balanced": balanced, "by": by, "through": through, "files": paths}
    write_output(choice.table, out, settings | {"words": choice.words})
    if out is not None:
        _remove(_finished(out))
    if plot is not None:
        _save_plot(choice, plot)
    if as_records:
        print_json({**settings, "rows": choice.table, "words": choice.words})
    else:
        _print(choice)
    if next_table is not None:
        next_rows = choice.next(next_count)
        write_output(next_rows, next_table, settings | {"next": next_count})
        if not as_records:
            reason = "" if len(next_rows) else ", as nothing is undecided"
            echo(f"{next_table}: {len(next_rows)} images to label next{reason}")


def _print(choice: Choice) -> None:
    table = readable(choice.table)
    columns = list(map(str, table))
    print_table("", columns, table.to_numpy().tolist(), right={*columns} - {*TEXTS})
    echo(*choice.words)


def _save_plot(choice: Choice, path: Path) -> None:
    from matplotlib.figure import Figure  # figures take seconds to import

    from pairbounds.figures.plots import plot_choice

    picture = plot_choice(choice).figure
    assert isinstance(picture, Figure)
    save_picture(picture, path)


def _outputs(out: Path | None, plot: Path | None, images: Path | None) -> Iterator[Output]:
    yield from printed_outputs(out)
    if plot is not None:
        yield picture_output(require_output_path(plot, METADATA))
    if images is not None:
        table, beside = table_outputs(images)
        yield Output(
            images, lambda file: table.may_overwrite(file) and not disagrees(file)
        )  # labels may be written into it
        yield beside


def _table_and_number(text: str) -> tuple[Path, int]:
    path, _, count = text.rpartition(":")
    if not (path and count.isdecimal() and int(count)):
        raise ValueError(f"--next {text}: give a table and a number of images, as in next.csv:20")
    return require_output_path(path, TABLE_SUFFIXES), int(count)


def _finished(out: Path) -> Path:
    """Folder for finished candidates while the command runs."""
    return out.with_name(f"{out.name}.finished")


def _remove(folder: Path) -> None:
    """Remove the files of finished candidates, and the folder if it is then empty."""
    for file in folder.glob(f"*{FINISHED}"):
        file.unlink()
    with suppress(OSError):
        folder.rmdir()


def _named_file(text: str) -> tuple[str, Path]:
    name, separator, path = text.partition("=")
    return (name, Path(path)) if separator else (Path(text).stem, Path(text))


def _candidate(path: Path) -> Candidate:
    """Pairs or features, depending on the content of the file."""
    if path.suffix == ".pt":
        tensor = weights_in(path)
        if not hasattr(tensor, "numpy"):
            raise ValueError(
                f"{path} contains a {type(tensor).__name__}: save one tensor of features, with one row per image"
            )
        return pd.DataFrame(tensor.numpy())
    if path.suffix == ".mtx" or (path.suffix == ".npz" and is_graph(path)):
        return read_graph(path).graph
    if is_table(path) and known_ends(table_file(path).names) is not None:
        return read_graph(path).graph
    values, ids = read_features(path)
    return values if ids is None else pd.DataFrame(values, index=ids)


def _classes(path: Path) -> dict[str, str]:
    """Class of each labelled image."""
    classes = read_labels(path)
    if not isinstance(classes, dict):
        raise ValueError(f"labels {path} has one column: give two, image and label")
    return classes


def _probabilities(path: Path) -> dict[str, float]:
    """Probability of each image from `--next`."""
    table = table_file(path)
    if "probability" not in table.names:
        return {}
    rows = table.read([name := label_columns(table)[0], "probability"])
    written = rows.text("probability")
    values = replace(rows, cells=rows.cells.set_column(1, "probability", written.fill_null("0"))).numbers("probability")
    written_rows = zip(rows.filled(name).to_pylist(), values.tolist(), written.is_valid().to_pylist(), strict=True)
    return {image: value for image, value, is_chosen in written_rows if is_chosen}


def _shares(path: Path) -> dict[str, float]:
    """Share of each class."""
    table = table_file(path)
    label, share = label_columns(table, "share" if "share" in table.names else None)
    rows = table.read([label, share])
    return dict(zip(rows.filled(label).to_pylist(), rows.numbers(share).tolist(), strict=True))
