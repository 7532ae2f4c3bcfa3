"""Checkpoints that torch wrote: of tensors, numbers and texts they are read, and nothing else is ever unpickled."""

import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from theory.inputs import require_file


def weights_in(path: Path, device: torch.device | str = "cpu", *, mapped: bool = False) -> Any:
    """What is in a checkpoint.

    Parameters
    ----------
    mapped : leave large tensors on disk until they are looked at, where the format allows it

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        It holds more than weights, is a program (TorchScript), or no checkpoint at all.
    """
    source = require_file(path, "checkpoint")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is refused here in one line
            return torch.load(source, device, weights_only=True, mmap=mapped and zipfile.is_zipfile(source))
    except pickle.UnpicklingError as error:
        raise ValueError(f"checkpoint {path} holds more than weights") from error
    except Exception as error:  # what is no checkpoint fails in many ways
        program = "TorchScript" in str(error)
        what = "is a TorchScript program" if program else "is cut short, or none that torch wrote"
        raise ValueError(f"checkpoint {path} {what}") from error
