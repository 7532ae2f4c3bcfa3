"""Devices on which torch runs, and torch checkpoints."""

import pickle
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairbounds.infrastructure.inputs import require_file

if TYPE_CHECKING:
    import torch


def torch_device(name: str) -> "torch.device":
    """The named device, or a `ValueError`; "auto" is "cuda" if available, else "cpu"."""
    import torch

    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device).cpu()
    except (RuntimeError, TypeError, AssertionError, NotImplementedError):
        if "cuda" in str(name):
            raise ValueError(f"device={name!r} needs a GPU, and torch finds none: use 'auto' or 'cpu'") from None
        raise ValueError(f"device={name!r} is not a torch device: use 'auto', 'cpu' or 'cuda'") from None
    return device


# Torch checkpoints: tensors, numbers and texts are read; other objects are never unpickled.


def weights_in(path: Path, device: "torch.device | str" = "cpu") -> Any:
    """Weights in a checkpoint. A TorchScript program, or other objects than weights, raise `ValueError`."""
    import torch

    source = require_file(path, "checkpoint")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the ValueError below replaces warnings about the format
            return torch.load(source, device, weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"checkpoint {path} holds more than weights") from error
    except Exception as error:  # other files raise many types of errors
        raise ValueError(f"checkpoint {path} is cut short, a TorchScript program, or not written by torch") from error
