"""The end of a command that arranges the surroundings of another: it becomes that one."""

import os
import shutil
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

Command = Annotated[list[str], typer.Argument(help="After --: the command and its arguments.")]


def become(command: Sequence[str]) -> NoReturn:
    """Run the command in place of this process; `FileNotFoundError` if there is none."""
    if shutil.which(command[0]) is None:
        raise FileNotFoundError(f"{command[0]} is no command here")
    os.execvp(command[0], command)
