"""`pairbounds`: every command of the project under one name, grouped by what one wants of it.

A command's module is loaded when it is run, so that `--help` does not wait for torch. Its name, its group and its line
of help stand here; a test holds them against the commands themselves.
"""

from pairbounds.infrastructure import interruption as interruption  # before what takes seconds to load

# isort: split
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from pairbounds import __version__
from pairbounds.infrastructure.commandline import run, say


class Entry(NamedTuple):
    """Where a command is, by its module and its name there, and what `--help` says of it."""

    module: str
    command: str
    help: str


def _entries(module: str, **helps: str) -> dict[str, Entry]:
    """Commands that have their own names."""
    return {name.replace("_", "-"): Entry(module, name.replace("_", "-"), text) for name, text in helps.items()}


GROUPS: dict[str, dict[str, Entry]] = {
    "Begin here": _entries(
        "pairbounds.commands.without_pictures",
        demo="Hold two bounds against pairs of handwritten digits: one picture, one paragraph, and what to type next.",
    ),
    "Hold bounds against a graph": _entries(
        "pairbounds.commands.bounds",
        check="Evaluate the bounds on the optimal embedding of the pairs in FILE, and print ten of them.",
        attack="Search for the graph on which a bound is closest to failing, or fails.",
        ledger="List the bounds: name, status, and statement; explain one of them; or write them as a page.",
        sharpness="Attack every exact bound and keep, for each, the largest ratio ever found, anywhere and where it "
        "matters.",
    ),
    "Measure features of your own": _entries(
        "pairbounds.commands.bounds",
        metrics="Measure alignment, uniformity, RankMe, confusion and class collapse of features, each with its "
        "definition.",
    ),
    "Simulate": _entries(
        "pairbounds.commands.simulations",
        families="List the graph families, each at its small default settings, and what is known of them.",
        caption_graph="Save the caption graph of a latent world: images x captions.",
        augmentation_graph="Save the augmentation graph of a latent world: views x natural images.",
    ),
    "Measure studies, and sweep them": _entries(
        "pairbounds.commands.studies",
        studies="List the studies: what each asks, its published number of seeds, its figures and its settings.",
        study="Measure the tables of a study, with JSON sidecars that say how.",
        sweep="Measure a study over grids of settings and seeds, into DIR/table.parquet with a JSON sidecar.",
    ),
    "Measure real images and captions": _entries(
        "pairbounds.commands.real_data",
        graph="Save a data set as a pair graph.",
        pairs="Write the pairs of a data set as a table: image, caption, weight and label, as `audit` reads it.",
        measure="Compare pairs by captions, augmentations and controls: consistency, diversity, bounds, and a verdict.",
        resample_graph="Resample graphs of augmented images by captions and controls: what bounds and error do then.",
    )
    | _entries(
        "pairbounds.commands.without_pictures",
        audit="Audit a table of pairs: consistency, spectrum, bounds, and which captions and classes hurt most.",
    ),
    "Train from pixels": _entries(
        "pairbounds.commands.real_data",
        resample="Train SimCLR from pixels with resampled positives and negatives, and controls; killed, it goes on.",
        pretrain="Train one network from pixels with captions (CLIP), augmentations (SimCLR) or another objective, "
        "and probe it.",
    ),
    "Draw and report": {
        "figures": Entry(
            "pairbounds.commands.figures",
            "list",
            "List the figures, the tables they read, and the studies that measure these.",
        ),
        "draw": Entry(
            "pairbounds.commands.figures",
            "draw",
            "Draw figures, with their captions as text: as designed, or at the size and in the letters of a paper.",
        ),
        "findings": Entry(
            "pairbounds.commands.figures",
            "findings",
            "Write the page of findings, each number computed from the tables.",
        ),
        "report": Entry(
            "pairbounds.commands.figures",
            "report",
            "Put checks, sweeps, studies and audits into one page that needs no network, for a co-author.",
        ),
    },
}


class Deferred(TyperCommand):
    """A command that is loaded when it is run."""

    def __init__(self, name: str, group: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help, rich_help_panel=group, callback=lambda: None)
        self._entry = entry

    def loaded(self) -> Any:
        """The command itself."""
        group: Any = typer.main.get_command(import_module(self._entry.module).app)
        return group.commands[self._entry.command]

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the command itself, which is what runs then."""
        return self.loaded().make_context(info_name, args, parent=parent, **extra)


class Commands(TyperGroup):
    """All of `GROUPS`, in their order."""

    def list_commands(self, _: Any) -> list[str]:
        """Their names."""
        return [name for entries in GROUPS.values() for name in entries]

    def get_command(self, _: Any, name: str) -> Any:
        """One of them, not loaded yet."""
        return next((Deferred(name, group, each[name]) for group, each in GROUPS.items() if name in each), None)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"pairbounds {__version__}")
        raise typer.Exit


@app.callback()
def pairbounds(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and exit.")] = False,
) -> None:
    """Check the theory of contrastive learning: pair graphs, their spectra, and bounds held against measured error.

    Each command says with --help what it takes. Example: pairbounds check emoji.npz --k 100
    """


def main() -> None:
    """Run the command line and exit."""
    run(app)


if __name__ == "__main__":
    main()
