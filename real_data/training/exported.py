"""A trained encoder as a file that torch loads anywhere, without this package."""

import io
import warnings
from functools import lru_cache
from pathlib import Path

import torch

from pairbounds.infrastructure.tables import replacing
from pairbounds.real_data.training.networks import Backbone

ENCODER = "encoder.pt2"


def export_encoder(backbone: Backbone, folder: Path, size: int) -> None:
    """Write the encoder into a folder, as a program of torch.export that takes bytes, (b, 3, size, size).

    `torch.export.load(path).module()` loads it. It normalises its pictures itself, is on the CPU, and does not learn.
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


@lru_cache(maxsize=1)
def _program(name: str, size: int) -> torch.export.ExportedProgram:
    """A network by its name, with the weights that were last filled in: to trace it takes half a second or more."""
    with torch.random.fork_rng(devices=[]):  # its own weights are drawn, and not used
        network = Backbone(name).eval()
    pictures = torch.zeros(2, 3, size, size, dtype=torch.uint8)
    number = torch.export.Dim("pictures", min=1, max=2**31)
    return torch.export.export(network, (pictures,), dynamic_shapes=({0: number},))
