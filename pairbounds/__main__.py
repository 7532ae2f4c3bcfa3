"""`pairbounds`: every command of the project under one name, grouped by what one wants of it.

A command's module is loaded when it is run, so that `--help` does not wait for torch.
"""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pairbounds import __version__
from pairbounds.infrastructure.commandline import HELP, Command, echo, run

GROUPS: dict[str, dict[str, tuple[str, str]]] = {  # commands, each with its module in `commands` and its help here
    "Begin here": {"demo": ("demo", "Evaluate two bounds on pairs of handwritten digits: a picture and a paragraph.")},
    "Evaluate bounds on a graph": {
        "check": ("check", "Evaluate the bounds on the optimal embedding of the pairs in a file."),
        "attack": ("bounds", "Search for the graph on which a bound is closest to failing, or fails."),
        "ledger": ("bounds", "List the bounds: name, status, statement; or explain one of them."),
    },
    "Make graphs, measure pairs": {
        "graph": ("graph", "Save the pair graph of a data set, a simulated world or a graph family."),
        "families": ("graph", "List the graph families, and what is known of them."),
        "audit": ("audit", "Audit a table of pairs: consistency, spectrum, bounds, and what hurts most."),
    },
    "Decide by few labels": {
        "choose": ("choose", "Choose among pairs to train on, or among features, by the labels of a few images."),
    },
    "Ask about pairs": {
        "batch": ("questions", "Count the false negatives of a batch; name a batch size and a temperature."),
        "granularity": ("questions", "Merge similar captions or images, and say which level is the best."),
        "pairs": ("questions", "Say how many pairs certify a squared error, or the largest error that numbers allow."),
    },
    "Ask about an encoder": {
        "diagnose": ("diagnose", "Name what is wrong with embeddings of images and texts, worst first."),
    },
    "Measure studies, and sweep them": {
        "study": ("study", "Measure the tables of a study, or list the studies."),
        "sweep": ("study", "Measure a study over grids of settings and seeds."),
    },
    "Draw and report": {
        "draw": ("figures", "Draw figures with their captions, as designed or in the size of a paper."),
        "report": ("report", "Put checks, sweeps, studies and audits into one page for a co-author."),
    },
}


class Deferred(Command):
    """A command that is loaded when it is run."""

    def __init__(self, name: str, module: str, about: str, group: str) -> None:
        super().__init__(name, help=about, rich_help_panel=group, callback=lambda: None)
        self._module = f"pairbounds.commands.{module}"

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
        for group, commands in GROUPS.items():
            for name, (module, about) in commands.items():
                self.add_command(Deferred(name, module, about, group))


app = typer.Typer(cls=Commands, context_settings=HELP, no_args_is_help=True, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        echo(f"pairbounds {__version__}")
        raise typer.Exit


@app.callback()
def pairbounds(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and exit.")] = False,
) -> None:
    """Check the theory of contrastive learning: pair graphs, their spectra, and bounds beside measured errors.

    Each command says with --help what it takes. Example: pairbounds check emoji.npz --k 100
    """


def main() -> None:
    """Run the command line and exit."""
    run(app)


if __name__ == "__main__":
    main()
