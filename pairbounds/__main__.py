"""`pairbounds`: every command of the project under one name, grouped by what one wants of it.

A command's module is loaded when it is run, so that `--help` does not wait for torch.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pairbounds import __version__
from pairbounds.infrastructure.commandline import HELP, Command, echo, run

GROUPS: dict[str, dict[str, str]] = {  # of commands, each with the module of `pairbounds.commands` where it is
    "Begin here": {"demo": "demo"},
    "Evaluate bounds on a graph": {"check": "check", "attack": "bounds", "ledger": "bounds"},
    "Make graphs, measure pairs": {"graph": "graph", "families": "simulations", "audit": "audit"},
    "Ask about pairs": {"batch": "questions", "granularity": "questions", "pairs": "questions"},
    "Measure studies, and sweep them": {"study": "study", "sweep": "study"},
    "Draw and report": {"draw": "figures", "report": "report"},
}


@cache  # tests call the command line many times
def _help(module: str, name: str) -> str:
    """The first line of help of a command, read and not loaded."""
    tree = ast.parse((Path(__file__).parent / "commands" / f"{module}.py").read_text(encoding="utf-8"))
    command = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    return (ast.get_docstring(command) or "").partition("\n")[0]


class Deferred(Command):
    """A command that is loaded when it is run."""

    def __init__(self, name: str, module: str, group: str) -> None:
        super().__init__(name, help=_help(module, name), rich_help_panel=group, callback=lambda: None)
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
            for name, module in commands.items():
                self.add_command(Deferred(name, module, group))


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
