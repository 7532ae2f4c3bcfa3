"""Checkpoints that torch wrote: of tensors, numbers and texts they are read, and nothing else is ever unpickled."""

import pickle
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairbounds.infrastructure.inputs import require_file

if TYPE_CHECKING:
    import torch


def weights_in(path: Path, device: "torch.device | str" = "cpu", *, mapped: bool = False) -> Any:
    """Weights in a checkpoint; a program (TorchScript), or what holds more than weights, is a `ValueError`.

    `mapped`: leave large tensors on disk until they are looked at, where the format allows it.
    """
    import torch

    source = require_file(path, "checkpoint")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is refused here in one line
            return torch.load(source, device, weights_only=True, mmap=mapped and zipfile.is_zipfile(source))
    except pickle.UnpicklingError as error:
        raise ValueError(f"checkpoint {path} holds more than weights") from error
    except Exception as error:  # what is no checkpoint fails in many ways
        raise ValueError(f"checkpoint {path} is cut short, a TorchScript program, or none that torch wrote") from error
