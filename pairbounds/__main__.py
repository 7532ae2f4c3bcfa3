"""`pairbounds`: every command of the project under one name, grouped by what one wants of it.

A command's module is loaded when it is run, so that `--help` does not wait for torch. Its name, its group and its line
of help stand here; a test holds them against the commands themselves.
"""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pairbounds import __version__
from pairbounds.infrastructure.commandline import HELP, Command, echo, run

Entries = dict[str, str]  # the first line of help of each command, by its name
GROUPS: dict[str, dict[str, Entries]] = {  # of these, by the module where they are
    "Begin here": {
        "pairbounds.commands.demo": {
            "demo": "Evaluate two bounds on pairs of handwritten digits: one picture, one paragraph, and what to type "
            "next."
        },
    },
    "Evaluate bounds on a graph": {
        "pairbounds.commands.check": {
            "check": "Evaluate the bounds on the optimal embedding of the pairs in FILE, and print ten of them."
        },
        "pairbounds.commands.bounds": {
            "attack": "Search for the graph on which a bound is closest to failing, or fails.",
            "ledger": "List the bounds: name, status, and statement; explain one of them; or write them as a page.",
            "sharpness": "Attack every exact bound and keep, for each, the largest ratio ever found, anywhere and "
            "where it matters.",
        },
    },
    "Make graphs, measure pairs and features": {
        "pairbounds.commands.graph": {
            "graph": "Save a pair graph: of a data set, of a simulated world or of a graph family; without a name, "
            "list them."
        },
        "pairbounds.commands.simulations": {
            "families": "List the graph families, each at its small default settings, and what is known of them."
        },
        "pairbounds.commands.audit": {
            "audit": "Audit a table of pairs: consistency, spectrum, bounds, and which captions and classes hurt most."
        },
        "pairbounds.commands.metrics": {
            "metrics": "Measure alignment, uniformity, RankMe, confusion and class collapse of features, each with its "
            "definition."
        },
    },
    "Measure studies, and sweep them": {
        "pairbounds.commands.study": {
            "study": "Measure the tables of a study, with JSON sidecars that record how; without a name, list the "
            "studies.",
            "sweep": "Measure a study over grids of settings and seeds, into DIR/table.parquet with a JSON sidecar.",
        },
    },
    "Draw and report": {
        "pairbounds.commands.figures": {
            "draw": "Draw figures with their captions as text, as designed or in the size and letters of a paper; or "
            "list them."
        },
        "pairbounds.commands.report": {
            "report": "Put checks, sweeps, studies and audits into one page that needs no network, for a co-author."
        },
    },
}


class Deferred(Command):
    """A command that is loaded when it is run."""

    def __init__(self, name: str, module: str, group: str, text: str) -> None:
        super().__init__(name, help=text, rich_help_panel=group, callback=lambda: None)
        self._module = module

    def loaded(self) -> Any:
        """The command itself."""
        assert self.name is not None
        own = typer.Typer(add_completion=False)
        own.command(self.name, cls=Command, context_settings=HELP)(getattr(import_module(self._module), self.name))
        return typer.main.get_command(own)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the command itself, which is what runs then."""
        return self.loaded().make_context(info_name, args, parent=parent, **extra)


class Commands(TyperGroup):
    """All of `GROUPS`, in their order."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for group, modules in GROUPS.items():
            for module, entries in modules.items():
                for name, text in entries.items():
                    self.add_command(Deferred(name, module, group, text))


app = typer.Typer(cls=Commands, context_settings=HELP, no_args_is_help=True, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        echo(f"pairbounds {__version__}")
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
