"""Devices on which torch runs."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def accelerator(name: str) -> "torch.device | None":
    """The named device, or `None` for the CPU, which does not need torch. Errors as in `torch_device`."""
    device = None if name == "cpu" else torch_device(name)
    return None if device is None or device.type == "cpu" else device


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
