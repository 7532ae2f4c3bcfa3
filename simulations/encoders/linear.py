"""A linear map of feature vectors."""

from torch import nn

from pairbounds.simulations.encoders.mlp import Shape, feature_width


def linear(n_inputs: Shape, k: int) -> nn.Module:
    """One layer."""
    return nn.Linear(feature_width("linear", n_inputs), k).double()
