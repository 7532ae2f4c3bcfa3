"""Statements of the ledger outside `check_bounds`, since they are not about one graph and embedding."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Statement:
    """Proved statement on several graphs, a sample or a computation, in `STATEMENTS` of its theorem's module.

    Attributes
    ----------
    name : name in the ledger
    computed_by : the function that computes it
    tested_in : the file of its tests, from the root of the repository
    text : the statement, by default the first line of the function's docstring
    kept : reason to keep it, as `Bound.kept`
    """

    name: str
    computed_by: Callable[..., Any]
    tested_in: str
    text: str = ""
    kept: str = field(kw_only=True)

    @property
    def statement(self) -> str:
        """The text, or the first line of the docstring."""
        return self.text or (inspect.getdoc(self.computed_by) or "").partition("\n")[0]

    @property
    def place(self) -> str:
        """Module and name of the function that computes it."""
        return f"{self.computed_by.__module__}.{self.computed_by.__qualname__}"
