"""`python -m tests.notebooks`: run the notebooks and keep what they show."""

import tempfile
from pathlib import Path

import nbformat

from pairbounds.infrastructure.commandline import echo
from pairbounds.infrastructure.files import replacing
from tests.notebooks.running import NOTEBOOKS, executed

for path in NOTEBOOKS:
    with tempfile.TemporaryDirectory() as folder:
        notebook = executed(path, Path(folder))
    with replacing(path) as temporary:
        nbformat.write(notebook, temporary)
    echo(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")
