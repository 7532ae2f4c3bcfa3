"""The command line `pairbounds`: all commands, grouped by purpose.

A command's module is imported when the command runs: `--help` does not import torch.
"""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pairbounds import __version__
from pairbounds.infrastructure.commandline import HELP, Command, echo, run, without_flag_types

GROUPS: dict[str, dict[str, tuple[str, str]]] = {  # by group: command, module in `commands`, help
    "Begin here": {"demo": ("demo", "Evaluate two bounds on pairs of handwritten digits, explained with a picture.")},
    "Evaluate bounds on a graph": {
        "check": ("check", "Evaluate the bounds on the optimal embedding of the pairs in a file."),
        "attack": ("bounds", "Search for a graph that violates a bound, or comes closest to it."),
        "ledger": ("bounds", "List all bounds with status, reason and statement, or explain one."),
    },
    "Make graphs, measure pairs": {
        "graph": ("graph", "Save the pair graph of a data set, a simulated world or a graph family."),
        "audit": ("audit", "Audit a table of pairs: consistency, spectrum, bounds, worst captions and classes."),
    },
    "Decide from few labels": {
        "choose": ("choose", "Choose training pairs, or features, from the labels of a few images."),
    },
    "Answer questions about pairs": {
        "batch": ("questions", "Count the false negatives of a batch; suggest a batch size and a temperature."),
        "pairs": ("questions", "Compute how many pairs certify a squared error, or the largest possible error."),
    },
    "Ask about an encoder": {
        "diagnose": ("diagnose", "Find problems of embeddings of images and texts, worst first."),
    },
    "Run studies and sweeps": {
        "study": ("study", "Compute the tables of a study, or list the studies."),
        "sweep": ("study", "Run a study over grids of settings and seeds."),
    },
    "Draw": {
        "figures": (
            "all_figures",
            "Compute the tables that are missing, and draw each figure when its tables are there.",
        ),
        "draw": ("figures", "Draw figures with captions, in the default size or in the size of a paper."),
    },
}


class Deferred(Command):
    """A command whose module is imported when it runs."""

    def __init__(self, name: str, module: str, about: str, group: str) -> None:
        super().__init__(name, help=about, rich_help_panel=group, callback=lambda: None)
        self._module = f"pairbounds.commands.{module}"

    def loaded(self) -> Any:
        """The imported command."""
        assert self.name is not None
        subcommand = typer.Typer(add_completion=False)
        subcommand.command(self.name, cls=Command, context_settings=HELP)(
            getattr(import_module(self._module), self.name)
        )
        return typer.main.get_command(subcommand)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Context of the imported command."""
        return self.loaded().make_context(info_name, args, parent=parent, **extra)


class Commands(TyperGroup):
    """The commands of `GROUPS`, in order."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for group, commands in GROUPS.items():
            for name, (module, about) in commands.items():
                self.add_command(Deferred(name, module, about, group))

    def get_params(self, ctx: Any) -> list[Any]:
        """Parameters with the option `--help`."""
        return without_flag_types(super().get_params(ctx))


app = typer.Typer(cls=Commands, context_settings=HELP, no_args_is_help=True, pretty_exceptions_enable=False)


def _version(is_set: bool) -> None:
    if is_set:
        echo(f"pairbounds {__version__}")
        raise typer.Exit


@app.callback()
def pairbounds(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Check the theory of contrastive learning: pair graphs, spectra, and bounds compared with measured errors.

    Add --help to a command to list its options. Example: pairbounds check emoji.npz --k 100
    """


def main() -> None:
    """Run the command line and exit."""
    run(app)


if __name__ == "__main__":
    main()
