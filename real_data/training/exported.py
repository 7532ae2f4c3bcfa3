"""A trained encoder as a file that torch loads anywhere, without this package."""

import io
import warnings
from functools import lru_cache
from pathlib import Path

import torch

from pairbounds.infrastructure.tables import replacing
from pairbounds.real_data.training.networks import Backbone

ENCODER, README = "encoder.pt2", "README.txt"
SHOWN = 2  # pictures that the program is made with; it takes any number


def export_encoder(backbone: Backbone, folder: Path, size: int) -> None:
    """Write the encoder into a folder, as a program of torch.export, and how to load it.

    Parameters
    ----------
    size : pixels of the pictures that it takes, bytes of shape (b, 3, size, size)
    """
    memory = io.BytesIO()  # on a full disk torch's own writing says what happened to it, and not why
    with warnings.catch_warnings():
        # Of weights that share memory with none: harmless, and not the user's.
        warnings.filterwarnings("ignore", message="No complete tensor found", category=UserWarning)
        program, trained = _program(backbone.name, size), backbone.state_dict()
        with torch.no_grad():
            for name, weights in program.state_dict.items():
                weights.copy_(trained[name])
        torch.export.save(program, memory)
    with replacing(folder / ENCODER) as temporary:
        temporary.write_bytes(memory.getvalue())
    with replacing(folder / README) as temporary:
        temporary.write_text(_readme(size, backbone.width), encoding="utf-8")


@lru_cache(maxsize=1)
def _program(name: str, size: int) -> torch.export.ExportedProgram:
    """A network by its name, with the weights that were last filled in: to trace it takes a second or more."""
    with torch.random.fork_rng(devices=[]):  # its own weights are drawn, and not used
        whole = Backbone(name).eval()
    pictures = torch.zeros(SHOWN, 3, size, size, dtype=torch.uint8)
    number = torch.export.Dim("pictures", min=1, max=2**31)
    return torch.export.export(whole, (pictures,), dynamic_shapes=({0: number},))


def _readme(size: int, width: int) -> str:
    return (
        f"{ENCODER} is the trained encoder. It needs torch alone, {torch.__version__} or later:\n\n"
        f'    encoder = torch.export.load("{ENCODER}").module()\n'
        "    features = encoder(pictures)\n\n"
        f"Pictures are bytes in RGB, of shape (b, 3, {size}, {size}), and features of shape (b, {width}). The encoder\n"
        "normalises its pictures itself. It is on the CPU, and does not learn: batch norm has the means of training.\n"
    )
