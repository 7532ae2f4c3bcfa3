"""Torch checkpoints: reads tensors, numbers and texts, and never unpickles other objects."""

import pickle
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairbounds.infrastructure.inputs import require_file

if TYPE_CHECKING:
    import torch


def weights_in(path: Path, device: "torch.device | str" = "cpu", *, mapped: bool = False) -> Any:
    """Weights in a checkpoint. A TorchScript program, or other objects than weights, raise `ValueError`.

    `mapped`: leave large tensors on disk until they are used, where the format allows it.
    """
    import torch

    source = require_file(path, "checkpoint")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the ValueError below replaces warnings about the format
            return torch.load(source, device, weights_only=True, mmap=mapped and zipfile.is_zipfile(source))
    except pickle.UnpicklingError as error:
        raise ValueError(f"checkpoint {path} holds more than weights") from error
    except Exception as error:  # other files raise many types of errors
        raise ValueError(f"checkpoint {path} is cut short, a TorchScript program, or not written by torch") from error
