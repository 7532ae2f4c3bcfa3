"""`python -m tests.notebooks`: run the notebooks and save their outputs."""

import tempfile
from pathlib import Path

import nbformat

from pairbounds.infrastructure.commandline import echo
from pairbounds.infrastructure.files import replacing
from tests.notebooks.running import KEPT, NOTEBOOKS, execute

for path in NOTEBOOKS:
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        execute(notebook, Path(folder))
    notebook.metadata = {name: notebook.metadata[name] for name in KEPT}
    with replacing(path) as temporary:
        nbformat.write(notebook, temporary)
    echo(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")
