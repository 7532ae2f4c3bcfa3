"""A multilayer perceptron of feature vectors."""

from torch import nn

HIDDEN = 128  # units of a hidden layer

Shape = int | tuple[int, ...]  # width of feature vectors, or (channels, height, width) of pictures


def mlp(n_inputs: Shape, k: int) -> nn.Module:
    """Two hidden layers of `HIDDEN` units, each followed by GELU, and a linear layer to k outputs."""
    width = feature_width("mlp", n_inputs)
    return nn.Sequential(
        nn.Linear(width, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, k)
    ).double()


def feature_width(name: str, n_inputs: Shape) -> int:
    """Width of feature vectors; `ValueError` for inputs of another shape."""
    if not isinstance(n_inputs, int):
        raise ValueError(f"encoder {name!r} takes feature vectors (n, width), not inputs of shape (n, *{n_inputs})")
    return n_inputs
