"""`python -m tests.notebooks`: run the notebooks of `docs/notebooks` by nbclient, and save their outputs.

nbmake would accept output on stderr, and would keep metadata of the machine.
"""

import os
import tempfile
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from pairbounds.infrastructure.commandline import echo
from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.progress import QUIET
from tests.rooms import ROOT

NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))
KEPT = ("kernelspec",)  # metadata that does not depend on the machine
SECONDS = 300  # timeout of a cell


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a notebook in a new kernel with the working directory `folder`, and replace its outputs.

    Raises
    ------
    CellExecutionError
        A cell raises.
    """
    manager = AsyncKernelManager(transport="ipc", connection_file=str(folder / "kernel.json"))
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=SECONDS,
        record_timing=False,
        coalesce_streams=True,  # else a slow machine may print one output in two parts
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(cleanup_kc=True, env=os.environ | {"OMP_NUM_THREADS": "1", QUIET: "1"})


if __name__ == "__main__":
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            execute(notebook, Path(folder))
        notebook.metadata = {name: notebook.metadata[name] for name in KEPT}
        with replacing(path) as temporary:
            nbformat.write(notebook, temporary)
        echo(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")
