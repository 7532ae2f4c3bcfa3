"""Names that were changed: for one version the old ones are accepted, with a warning."""

import warnings


class RenamedWarning(FutureWarning):
    """Something was given by a name that it no longer has; the next version will not know it."""


def renamed(old: str, new: str) -> None:
    """Say that `old` is now `new`."""
    warnings.warn(f"{old} is now {new}: the next version will not know the old name", RenamedWarning, stacklevel=3)
