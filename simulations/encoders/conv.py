"""A small convolutional network of pictures."""

from torch import nn

from pairbounds.simulations.encoders.mlp import Shape, mlp

CHANNELS = 16  # of the first convolution; the second has twice as many


def conv(n_inputs: Shape, k: int) -> nn.Module:
    """Two strided convolutions of pictures, and a linear layer; feature vectors have an MLP instead."""
    if isinstance(n_inputs, int):
        return mlp(n_inputs, k)
    if len(n_inputs) != 3 or min(n_inputs[1:]) < 4:
        raise ValueError(
            f"encoder 'conv' takes pictures (n, channels, height, width) of 4 pixels or more, not (n, *{n_inputs})"
        )
    channels, height, width = n_inputs
    return nn.Sequential(
        nn.Conv2d(channels, CHANNELS, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Conv2d(CHANNELS, 2 * CHANNELS, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Flatten(),
        nn.Linear(2 * CHANNELS * -(-height // 4) * -(-width // 4), k),
    ).double()
