"""Where torch runs."""

import torch


def torch_device(name: str) -> torch.device:
    """The device of that name; "auto" is "cuda" if there is one, else "cpu".

    Raises
    ------
    ValueError
        Not a device, or not here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device).cpu()
    except (RuntimeError, TypeError, AssertionError, NotImplementedError):
        if "cuda" in str(name):
            raise ValueError(f"device={name!r} asks for a GPU and torch sees none: use 'auto' or 'cpu'") from None
        raise ValueError(f"device={name!r} is not a torch device: use 'auto', 'cpu' or 'cuda'") from None
    return device
