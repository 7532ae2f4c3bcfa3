"""The notebooks of `docs/notebooks`, run by nbclient from top to bottom in a kernel of their own.

nbmake, which runs them as tests, accepts what a cell writes to stderr and keeps what the machine adds to the metadata.
"""

import os
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from pairbounds.infrastructure.progress import QUIET

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs/notebooks").glob("*.ipynb"))
KEPT = ("kernelspec",)  # of the metadata: the rest is of the machine that ran it
SECONDS = 300  # that a cell may take


def executed(path: Path, folder: Path) -> nbformat.NotebookNode:
    """A notebook with the outputs of this run, in which `folder` is the working directory.

    Raises
    ------
    CellExecutionError
        A cell raises.
    """
    notebook = nbformat.read(path, as_version=4)
    manager = AsyncKernelManager(transport="ipc", connection_file=str(folder / "kernel.json"))
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=SECONDS,
        record_timing=False,
        coalesce_streams=True,  # or what a slow machine prints in two parts would be two outputs
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(cleanup_kc=True, env=os.environ | {"OMP_NUM_THREADS": "1", QUIET: "1"})
    notebook.metadata = {name: notebook.metadata[name] for name in KEPT}
    return notebook
